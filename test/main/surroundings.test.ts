import type { BrowserWindow } from 'electron';
import { expect, it, vi } from 'vitest';
import { askBeforeLeaving } from '../../electron/main/surroundings.ts';

const asked = vi.hoisted(() => [] as unknown[][]);

vi.mock('electron', () => ({
  dialog: {
    showMessageBox: (...args: unknown[]) => {
      asked.push(args);
      return Promise.resolve({ response: 1 });
    },
  },
}));

const windowThat = (visible: boolean, minimized: boolean) =>
  ({ isVisible: () => visible, isMinimized: () => minimized }) as unknown as BrowserWindow;

it('asks on the window that is seen, and by itself where that is out of sight', async () => {
  const seen = windowThat(true, false);
  expect(await askBeforeLeaving(seen)).toBe('save-and-quit');
  for (const hidden of [windowThat(false, false), windowThat(true, true)]) await askBeforeLeaving(hidden);
  expect(asked.map((args) => args.length)).toEqual([2, 1, 1]);
  expect(asked[0]![0]).toBe(seen);
});
