import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Electron from 'electron';
import { onHarness } from './link.ts';

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

type Members =
  | 'getPath'
  | 'setPath'
  | 'getVersion'
  | 'whenReady'
  | 'quit'
  | 'exit'
  | 'enableSandbox'
  | 'disableHardwareAcceleration'
  | 'isPackaged'
  | 'requestSingleInstanceLock'
  | 'addRecentDocument';

export class StandInApp extends EventEmitter implements Pick<Electron.App, Members> {
  readonly isPackaged = false;
  /** There is one on a Mac only. */
  readonly dock = undefined;
  readonly commandLine: Pick<Electron.CommandLine, 'getSwitchValue' | 'appendSwitch'> = {
    appendSwitch: () => undefined,
    getSwitchValue: (name) => {
      const prefix = `--${name}=`;
      return process.argv.find((argument) => argument.startsWith(prefix))?.slice(prefix.length) ?? '';
    },
  };
  readonly #paths = new Map<string, string>();

  getPath(name: string): string {
    return this.#paths.get(name) ?? join(tmpdir(), 'autoencoder-studio-stand-in', name);
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  getVersion(): string {
    const file = join(import.meta.dirname, '..', '..', '..', 'package.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }

  async whenReady(): Promise<void> {
    await Promise.resolve();
  }

  enableSandbox(): void {
    // Chromium runs the page; whether in its sandbox is the harness's choice.
  }

  disableHardwareAcceleration(): void {
    // There is none.
  }

  addRecentDocument(): void {
    // No dock or taskbar lists files.
  }

  requestSingleInstanceLock(): boolean {
    return true;
  }

  exit(status?: number): void {
    process.exit(status);
  }

  quit(): void {
    const event = preventable({});
    this.emit('before-quit', event);
    if (!event.defaultPrevented) process.exit(0);
  }
}

export const standInApp = new StandInApp();
onHarness('open-with', ({ paths }) => {
  standInApp.emit('second-instance', {}, ['autoencoder-studio', ...paths], process.cwd());
});
onHarness('page-closed', () => setImmediate(() => standInApp.emit('window-all-closed')));
