import type { BrowserWindow } from 'electron';
import { beforeEach, expect, it, vi } from 'vitest';
import { chooseExportPlace, choosePaths } from '../../electron/main/dialogs.ts';
import { askBeforeLeaving } from '../../electron/main/surroundings.ts';

const asked = vi.hoisted(() => [] as unknown[][]);

vi.mock('electron', () => {
  const answering =
    (answer: object) =>
    (...args: unknown[]) => {
      asked.push(args);
      return Promise.resolve(answer);
    };
  return {
    app: { getPath: () => '/home/ada/Documents' },
    dialog: {
      showMessageBox: answering({ response: 1 }),
      showOpenDialog: answering({ canceled: true, filePaths: ['/what/was/selected'] }),
      showSaveDialog: answering({ canceled: true, filePath: '' }),
    },
  };
});

/** As Electron's: of one that is gone nothing can be asked but that. */
function windowThat(how: 'seen' | 'hidden' | 'minimized' | 'gone'): BrowserWindow {
  const living = (is: boolean) => () => {
    if (how === 'gone') throw new TypeError('Object has been destroyed');
    return is;
  };
  const window = { isDestroyed: () => how === 'gone' };
  return {
    ...window,
    isVisible: living(how !== 'hidden'),
    isMinimized: living(how === 'minimized'),
  } as unknown as BrowserWindow;
}

beforeEach(() => void asked.splice(0));

const dialogs: readonly [string, (window: BrowserWindow) => Promise<unknown>][] = [
  ['the question before leaving', askBeforeLeaving],
  ['what is to be opened', (window) => choosePaths(window, { properties: ['openFile'] })],
  ['where to save', (window) => chooseExportPlace(window, { kind: 'file', name: 'a.json', title: 'Save' })],
];

it.each(dialogs)('%s hangs from the window that is seen, and stands by itself where that is not', async (_, ask) => {
  const seen = windowThat('seen');
  await ask(seen);
  for (const how of ['hidden', 'minimized', 'gone'] as const) await ask(windowThat(how));
  expect(asked.map((args) => args.length)).toEqual([2, 1, 1, 1]);
  expect(asked[0]![0]).toBe(seen);
});

it('is answered, or cancelled', async () => {
  expect(await askBeforeLeaving(windowThat('seen'))).toBe('save-and-quit');
  expect(await choosePaths(windowThat('seen'), {})).toEqual([]);
});
