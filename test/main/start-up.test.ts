import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const electron = vi.hoisted(() => ({
  data: undefined as string | undefined,
  done: [] as string[],
  paths: new Map<string, string>(),
}));

vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events');
  const app = Object.assign(new EventEmitter(), {
    isPackaged: true,
    commandLine: { getSwitchValue: () => electron.data ?? '', hasSwitch: () => electron.data !== undefined },
    getPath: () => '/home/ada/.config/studio',
    setPath: (name: string, path: string) => electron.paths.set(name, path),
    requestSingleInstanceLock: () => electron.done.push('asked for the lock') > 0,
    enableSandbox: () => undefined,
    setAppUserModelId: (id: string) => electron.done.push(`is ${id}`),
    whenReady: () => Promise.reject(new Error('the display is gone')),
    quit: () => electron.done.push('quit'),
    exit: (status: number) => electron.done.push(`exit ${status}`),
  });
  return {
    app,
    dialog: { showErrorBox: (title: string, text: string) => electron.done.push(`${title}: ${text}`) },
    protocol: { registerSchemesAsPrivileged: () => undefined },
  };
});

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-up-'));
  electron.done.length = 0;
  vi.resetModules();
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

async function start(data?: string): Promise<void> {
  electron.data = data;
  await import('../../electron/main/index.ts');
  await vi.waitFor(() => expect(electron.done.at(-1)).toMatch(/^exit/));
}

it('shows why it cannot start, and ends, instead of staying without a window', async () => {
  await start(folder);
  expect(electron.done).toEqual([
    'asked for the lock',
    'Autoencoder Studio could not start: the display is gone',
    'exit 1',
  ]);
});

it('takes a data folder that is named from where it was started, with Chromium’s own files in a folder of their own', async () => {
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
  await start('mine');
  expect(isAbsolute(electron.paths.get('userData')!)).toBe(true);
  expect(electron.paths.get('userData')).toBe(join(folder, 'mine'));
  expect(electron.paths.get('sessionData')).toBe(join(folder, 'mine', 'session'));
  expect(existsSync(join(folder, 'mine', 'session'))).toBe(true);
});

it('is grouped on Windows with the shortcut that its installer makes', async () => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
  await start(folder);
  const builder = readFileSync(join(import.meta.dirname, '../../electron-builder.yml'), 'utf8');
  expect(electron.done[0]).toBe(`is ${/^appId: (.*)$/m.exec(builder)![1]}`);
});

it('shows that a data folder cannot be made', async () => {
  writeFileSync(join(folder, 'taken'), '');
  await start(join(folder, 'taken'));
  expect(electron.done).toEqual([expect.stringMatching(/^Autoencoder Studio could not start: .*taken/), 'exit 1']);
});

it('says that a folder was to be named, instead of taking the usual one', async () => {
  await start('');
  expect(electron.done).toEqual([
    'Autoencoder Studio could not start: --data: expected a folder after it, as in --data=my-runs, found none.',
    'exit 1',
  ]);
});
