import { EventEmitter } from 'node:events';
import type { BrowserWindow } from 'electron';
import { expect, it, vi } from 'vitest';
import { reviveWhenGone } from '../../electron/main/revive.ts';

const electron = vi.hoisted(() => ({ answer: 0, quits: 0 }));

vi.mock('electron', () => ({
  app: { quit: () => (electron.quits += 1) },
  dialog: { showMessageBox: () => Promise.resolve({ response: electron.answer }) },
}));

function crashing(isDestroyed = false) {
  const reload = vi.fn();
  const webContents = Object.assign(new EventEmitter(), { reload });
  const window = {
    webContents,
    isDestroyed: () => isDestroyed,
    isVisible: () => true,
    isMinimized: () => false,
  } as unknown as BrowserWindow;
  const told: string[] = [];
  reviveWhenGone(window, (problem) => told.push(problem));
  const crash = async () => {
    webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const fail = async (code: number, isMainFrame = true) => {
    webContents.emit('did-fail-load', {}, code, 'ERR_UNEXPECTED', 'app://studio/', isMainFrame);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { reload, told, crash, fail };
}

it('loads the page anew when its process is gone, and says so', async () => {
  const { reload, told, crash } = crashing();
  await crash();
  expect(reload).toHaveBeenCalledOnce();
  expect(told).toEqual(['The window’s process is gone: crashed, exit code 139.']);
});

it('asks where it happens again and again', async () => {
  const { reload, crash } = crashing();
  electron.answer = 1;
  for (let n = 0; n < 4; n += 1) await crash();
  expect(reload).toHaveBeenCalledTimes(3);
  expect(electron.quits).toBe(1);
  electron.answer = 0;
  await crash();
  expect(reload).toHaveBeenCalledTimes(4);
});

it('leaves a window alone that is closing', async () => {
  const { reload, told, crash } = crashing(true);
  await crash();
  expect(reload).not.toHaveBeenCalled();
  expect(told).toHaveLength(1);
});

it('asks where the page cannot be loaded, which nobody would see otherwise', async () => {
  const { reload, told, fail } = crashing();
  electron.answer = 0;
  await fail(-9);
  expect(told).toEqual(['The window’s page could not be loaded: ERR_UNEXPECTED (-9).']);
  expect(reload).toHaveBeenCalledOnce();
  electron.answer = 1;
  electron.quits = 0;
  await fail(-9);
  expect(electron.quits).toBe(1);
});

it('takes it for no failure that another load took its place, that a frame failed or that the window closes', async () => {
  const { told, fail } = crashing();
  await fail(-3);
  await fail(-9, false);
  const closing = crashing(true);
  await closing.fail(-9);
  expect([...told, ...closing.told]).toEqual([]);
});
