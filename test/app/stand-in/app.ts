import { EventEmitter } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type * as Electron from 'electron';
import { AppLife } from './app-life.ts';
import { goOnAfterFaults } from './faults.ts';
import { onHarness, tellHarness } from './link.ts';

/** An event a listener may prevent, as Electron passes it first. */
export function preventable<T extends object>(fields: T): T & { defaultPrevented: boolean; preventDefault(): void } {
  const event = {
    ...fields,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  };
  return event;
}

const emitter = new EventEmitter();

export const appLife = new AppLife({
  emit: (name, ...args) => void emitter.emit(name, ...args),
  emitPreventable: (name) => {
    const event = preventable({});
    emitter.emit(name, event);
    return !event.defaultPrevented;
  },
});

const paths = new Map<string, string>();

export const standInApp = Object.assign(emitter, {
  isPackaged: false,
  /** There is one on a Mac only. */
  dock: undefined,
  commandLine: {
    appendSwitch: () => undefined,
    hasSwitch: (name) => process.argv.some((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`)),
    getSwitchValue: (name) => {
      const prefix = `--${name}=`;
      return process.argv.find((argument) => argument.startsWith(prefix))?.slice(prefix.length) ?? '';
    },
  } satisfies Partial<Electron.CommandLine>,
  getPath: (name) => paths.get(name) ?? join(tmpdir(), 'autoencoder-studio-stand-in', name),
  setPath: (name, path) => {
    if (!isAbsolute(path)) throw new Error('Path must be absolute');
    if (!existsSync(path)) throw new Error(`Failed to set path: there is no ${path}`);
    paths.set(name, path);
  },
  getVersion: () => {
    const file = join(import.meta.dirname, '..', '..', '..', 'package.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  },
  isReady: () => appLife.isReady,
  whenReady: () => appLife.ready,
  // Chromium runs the page; whether in its sandbox is the harness's choice.
  enableSandbox: () => appLife.expectNotReady('app.enableSandbox()'),
  // There is none.
  disableHardwareAcceleration: () => appLife.expectNotReady('app.disableHardwareAcceleration()'),
  // No dock or taskbar lists files.
  addRecentDocument: () => undefined,
  setAppUserModelId: () => undefined,
  requestSingleInstanceLock: () => true,
  relaunch: ({ args = process.argv.slice(1) } = {}) => tellHarness({ kind: 'starts-again', args }),
  exit: (status = 0) => appLife.exit(status),
  quit: () => appLife.quit(),
} satisfies Partial<Omit<Electron.App, 'commandLine' | 'dock'>> & { commandLine: object; dock: undefined });

goOnAfterFaults();
// As in Electron, not before the app is ready.
onHarness('open-with', async ({ paths: opened }) => {
  await appLife.ready;
  standInApp.emit('second-instance', {}, ['autoencoder-studio', ...opened], process.cwd());
});
