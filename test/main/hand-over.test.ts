import type { EventEmitter } from 'node:events';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HandOver, nextStart } from '../../electron/main/hand-over.ts';

const electron = vi.hoisted(() => ({ app: undefined as unknown, starts: [] as unknown[] }));

vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  const app = Object.assign(new Emitter(), { relaunch: (options: unknown) => electron.starts.push(options) });
  electron.app = app;
  return { app };
});

const elsewhere = resolve('/home/ada');
const [first, second] = [join(elsewhere, 'first.aestudio'), join(elsewhere, 'second.json')];
let done: string[];
let handOver: HandOver;

const app = (): EventEmitter => electron.app as EventEmitter;
const startWith = (...words: string[]): boolean =>
  app().emit('second-instance', {}, ['studio', '--some-switch', ...words], elsewhere);
const open = (): void =>
  handOver.open({ take: (paths) => done.push(...paths, `${paths.length}`), show: () => done.push('shown') });

beforeEach(() => {
  app().removeAllListeners();
  electron.starts.length = 0;
  done = [];
  vi.spyOn(process, 'argv', 'get').mockReturnValue(['studio', '--data=/mine', 'named.json']);
  vi.spyOn(process, 'cwd').mockReturnValue(elsewhere);
  handOver = new HandOver();
});
afterEach(() => vi.restoreAllMocks());

it('keeps what comes while the app starts, by a second start or by a Mac', () => {
  const preventDefault = vi.fn();
  app().emit('open-file', { preventDefault }, first);
  startWith('second.json');
  expect(preventDefault).toHaveBeenCalledOnce();
  open();
  expect(done).toEqual([first, second, join(elsewhere, 'named.json'), '3']);
  app().emit('will-quit');
  expect(electron.starts).toEqual([]);
});

it('has the window take what comes while it is open, and shows it', () => {
  open();
  done.length = 0;
  startWith('second.json');
  startWith();
  expect(done).toEqual([second, '1', 'shown', '0', 'shown']);
  handOver.close();
  app().emit('will-quit');
  expect(electron.starts).toEqual([]);
});

it('starts the app once more, with the files, where they come while it closes', () => {
  open();
  done.length = 0;
  handOver.close();
  startWith('second.json');
  app().emit('open-file', { preventDefault: () => undefined }, first);
  startWith('second.json');
  expect(done).toEqual([]);
  expect(electron.starts).toEqual([]);
  app().emit('will-quit');
  expect(electron.starts).toEqual([{ args: ['--data=/mine', second, first] }]);
});

it('starts the app once more where somebody opens it while it closes', () => {
  open();
  handOver.close();
  startWith();
  app().emit('will-quit');
  expect(electron.starts).toEqual([{ args: ['--data=/mine'] }]);
});

it('starts an AppImage by its file, because what it had mounted is gone then', () => {
  const options = nextStart(['/tmp/.mount/studio'], { APPIMAGE: '/home/ada/Studio.AppImage' }, [first]);
  expect(options).toEqual({ args: [first], execPath: '/home/ada/Studio.AppImage' });
});
