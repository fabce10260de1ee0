import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineChannel, Events, Handlers, WindowChannel } from '../../electron/contract/contract.ts';
import { unwrap } from '../../electron/domain/errors.ts';
import type { ImportOptions } from '../../electron/contract/import-options.ts';
import { Caller } from '../../electron/contract/rpc.ts';
import { AppSettings } from '../../electron/host/app-settings.ts';
import { EngineProcess } from '../../electron/host/engine-process.ts';
import { stagedPath } from '../../electron/host/staged-path.ts';
import { Staging } from '../../electron/host/staging.ts';
import { Studio } from '../../electron/host/studio.ts';
import { portPair } from '../contract/port-pair.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { FakeEngine, settled } from './fake-engine.ts';
import { clusterParts } from './cluster-parts.ts';

let data: TemporaryFolder;
beforeEach(() => (data = new TemporaryFolder()));
afterEach(() => data[Symbol.dispose]());

/** No process has this number: it is above every platform's largest. */
const DEAD = 2 ** 30;

async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

describe('staged files', () => {
  it('are paths where they lie, and written ones below their first folder', async () => {
    const staging = new Staging(data.path);
    const id = staging.open({});
    staging.give(id, '/home/me/pets');
    await staging.writeSmall(id, 'cats/1.png', Buffer.from('one'));
    await staging.write(id, 'cats/2.png', pieces('t', 'wo'));
    const [given, cats, ...others] = staging.paths(id);
    expect(given).toBe('/home/me/pets');
    expect(others).toEqual([]);
    expect(readdirSync(cats!)).toEqual(['1.png', '2.png']);
    expect(readFileSync(join(cats!, '2.png'), 'utf8')).toBe('two');
    expect(staging.written(id)).toEqual({ files: 2, bytes: 6 });
  });

  it('that were not written whole are removed', async () => {
    const staging = new Staging(data.path);
    const id = staging.open({});
    await staging.writeSmall(id, 'cats/1.png', Buffer.from('one'));
    const torn = (async function* () {
      yield Buffer.from('half');
      await Promise.resolve();
      throw new Error('the line broke');
    })();
    await expect(staging.write(id, 'cats/2.png', torn)).rejects.toThrow('the line broke');
    expect(readdirSync(staging.paths(id)[0]!)).toEqual(['1.png']);
  });

  it('are gone when released, when their window leaves, and when the app ends', async () => {
    const staging = new Staging(data.path);
    const [first, second] = [{}, {}];
    const ids = [staging.open(first), staging.open(first), staging.open(second)] as const;
    for (const id of ids) await staging.writeSmall(id, '1.png', Buffer.from(id));
    const places = ids.map((id) => staging.paths(id)[0]!);
    const there = () => places.map((place) => existsSync(place));
    await staging.release(ids[0]);
    expect(there()).toEqual([false, true, true]);
    expect(() => staging.paths(ids[0])).toThrow('These files are no longer at hand: drop or choose them again.');
    await staging.leave(first);
    expect(there()).toEqual([false, false, true]);
    await staging.close();
    expect(there()).toEqual([false, false, false]);
  });

  it('that are held stay until they are let go', async () => {
    const staging = new Staging(data.path);
    const window = {};
    const id = staging.open(window);
    await staging.writeSmall(id, '1.png', Buffer.from('one'));
    const [place] = staging.paths(id);
    const letGo = staging.hold(id);
    await staging.leave(window);
    expect(existsSync(place!)).toBe(true);
    await letGo();
    expect(existsSync(place!)).toBe(false);
  });

  it('of processes that are gone are swept, of others not', async () => {
    const staging = new Staging(data.path);
    const id = staging.open({});
    await staging.writeSmall(id, '1.png', Buffer.from('one'));
    const folder = join(data.path, 'staged');
    mkdirSync(join(folder, `${DEAD}-abcdef`, 'staged-1'), { recursive: true });
    writeFileSync(join(folder, `${DEAD}-abcdef`, 'staged-1', '1.png'), 'left behind');
    mkdirSync(join(folder, `${process.ppid}-abcdef`));
    await new Staging(data.path).sweep();
    expect(readdirSync(folder).filter((name) => name.startsWith(String(DEAD)))).toEqual([]);
    expect(existsSync(join(folder, `${process.ppid}-abcdef`))).toBe(true);
    expect(existsSync(staging.paths(id)[0]!)).toBe(true);
  });
});

describe('a path on Windows', () => {
  it.each([
    ['cats/1.png', ['cats', '1.png']],
    ['cats/con.png', ['cats', '_con.png']],
    ['AUX', ['_AUX']],
    ['what?/a:b.png', ['what_', 'a_b.png']],
    ['cats./1.png ', ['cats_', '1.png_']],
  ])('%j loses what a name may not have there', (path, parts) => {
    expect(stagedPath(path, 'win32')).toEqual(parts);
  });

  it('of another style is refused', () => {
    expect(() => stagedPath('..\\..\\evil.png', 'win32')).toThrow('found a backslash');
    expect(() => stagedPath('C:\\evil.png', 'win32')).toThrow('found a backslash');
    expect(stagedPath('C:/evil.png', 'win32')).toEqual(['C_', 'evil.png']);
    expect(stagedPath('a\\b.png', 'linux')).toEqual(['a\\b.png']);
  });
});

const options: ImportOptions = {
  name: 'Pets',
  width: 8,
  height: 8,
  channels: 1,
  fit: 'contain',
  background: '#000000',
  invert: 'off',
  centre: false,
  labels: 'none',
  test: { kind: 'every', n: 2 },
  duplicates: 'keep',
};

/** A window of a desktop app whose engine is as told. */
async function opened(handlers: Partial<Handlers<EngineChannel>>) {
  const launched: FakeEngine[] = [];
  const engine = new EngineProcess(
    () => {
      launched.push(new FakeEngine(handlers));
      return launched.at(-1)!.child;
    },
    () => undefined,
  );
  const report = vi.fn();
  const settings = await AppSettings.open({ dataFolder: data.path, report, cores: 4 });
  const chooseExportPlace = () => Promise.resolve(undefined);
  const about = { host: 'desktop', version: '1', dataFolder: data.path, ...clusterParts(data.path) } as const;
  const studio = new Studio({ ...about, engine, settings, chooseExportPlace, report });
  const [page, pageFar] = portPair();
  const [preload, preloadFar] = portPair();
  const leave = studio.serveWindow(pageFar, preloadFar);
  engine.start();
  await settled();
  return {
    studio,
    launched,
    leave,
    page: new Caller<WindowChannel>(page),
    preload: new Caller<'preload:stage'>(preload),
  };
}

const asPaths = (...paths: string[]) => ({ files: paths.map((path) => ({ kind: 'path', path }) as const) });

describe('a desktop window', () => {
  it('names what its preload has staged; the engine is told where before each call', async () => {
    const stage = vi.fn(async () => ({}));
    const plan = vi.fn(() => Promise.reject(new Error('planned')));
    const { page, preload } = await opened({ 'engine:stage': stage, 'import:plan': plan });
    const { staged } = unwrap(await preload.call('preload:stage', asPaths('/home/me/pets', '/home/me/1.png')));
    expect(await page.call('import:plan', { staged })).toMatchObject({ error: { message: 'planned' } });
    expect(await page.call('import:plan', { staged })).toMatchObject({ error: { message: 'planned' } });
    const told = { staged, paths: ['/home/me/pets', '/home/me/1.png'] };
    expect(stage.mock.calls).toEqual([[told], [told]]);
    expect(plan).toHaveBeenCalledTimes(2);
  });

  it('has pictures that are no files written, wherever the page says they should lie', async () => {
    const stage = vi.fn<Handlers<'engine:stage'>['engine:stage']>(() => Promise.resolve({}));
    const { page, preload } = await opened({ 'engine:stage': stage, 'import:plan': () => Promise.reject(new Error()) });
    const drawn = { kind: 'bytes', path: 'drawn.png', bytes: Uint8Array.of(1, 2) } as const;
    const { staged } = unwrap(await preload.call('preload:stage', { files: [drawn] }));
    await page.call('import:plan', { staged });
    const [path] = stage.mock.calls[0]![0].paths;
    expect([...readFileSync(path!)]).toEqual([1, 2]);
    expect(unwrap(await page.call('files:release', { staged }))).toEqual({});
    expect(existsSync(path!)).toBe(false);
    const climbing = { files: [{ ...drawn, path: '../../evil.png' }] };
    expect(await preload.call('preload:stage', climbing)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(existsSync(join(data.path, 'evil.png'))).toBe(false);
  });

  it('cannot name paths by the page’s own calls, nor call anything else by the preload’s', async () => {
    const { page, preload } = await opened({});
    const paths = asPaths('/etc/passwd');
    const refused = { ok: false, error: { code: 'refused' } };
    expect(await page.call('preload:stage' as 'files:open', paths as never)).toMatchObject(refused);
    expect(await page.call('engine:stage' as 'files:open', paths as never)).toMatchObject(refused);
    expect(await preload.call('run:list' as 'preload:stage', {} as never)).toMatchObject(refused);
    expect(await preload.call('preload:stage', asPaths('pets'))).toMatchObject({
      error: { message: '"pets": expected a whole path, found a relative one.' },
    });
  });

  it('asking for what was never staged is told so, and the engine is not asked', async () => {
    const plan = vi.fn(() => Promise.reject(new Error()));
    const { page } = await opened({ 'import:plan': plan });
    const message = 'These files are no longer at hand: drop or choose them again.';
    expect(await page.call('import:plan', { staged: 'staged-1' })).toEqual({
      ok: false,
      error: { code: 'not-found', message },
    });
    expect(plan).not.toHaveBeenCalled();
  });

  it('that wants to upload more than there is room for is told before it begins', async () => {
    const { page } = await opened({});
    expect(await page.call('files:open', { bytes: 2 ** 50 })).toMatchObject({
      error: { code: 'refused', message: 'Expected files of at most 68.7 GB together, found 1125.9 TB.' },
    });
  });
});

describe('an import', () => {
  const start = { 'engine:stage': async () => ({}), 'import:start': async () => ({ importId: 'import-1' }) };
  const drawn = { files: [{ kind: 'bytes', path: '1.png', bytes: Uint8Array.of(1) }] as const };

  async function importing(handlers: Partial<Handlers<EngineChannel>> = {}) {
    const host = await opened({ ...start, ...handlers });
    const { staged } = unwrap(await host.preload.call('preload:stage', { files: [...drawn.files] }));
    const [path] = host.studio.staging.paths(staged);
    expect(unwrap(await host.page.call('import:start', { staged, options }))).toEqual({ importId: 'import-1' });
    return { ...host, path: path! };
  }

  it('keeps what it reads, though its window has left, until it has ended', async () => {
    const { leave, launched, path } = await importing();
    leave();
    await settled();
    expect(existsSync(path)).toBe(true);
    launched[0]!.send('import:ended', { importId: 'import-1', kind: 'cancelled' });
    await expect.poll(() => existsSync(path)).toBe(false);
  });

  it('has failed when its engine is lost; another can start', async () => {
    const { page, launched } = await importing();
    expect(unwrap(await page.call('app:describe', {})).activeImport).toBe('import-1');
    const ended = new Promise<Events['import:ended']>((resolve) => page.listen('import:ended', resolve));
    launched[0]!.end({ code: null, signal: 'SIGKILL' });
    expect(await ended).toEqual({
      importId: 'import-1',
      kind: 'failed',
      error: {
        code: 'engine-lost',
        message: 'The engine process was ended by signal SIGKILL. The import was cut off; nothing of it is kept.',
      },
    });
    expect(unwrap(await page.call('app:describe', {})).activeImport).toBeUndefined();
    expect(launched).toHaveLength(2);
  });

  it('keeps the engine from being started anew', async () => {
    const { page, launched } = await importing();
    const message = 'The threads cannot be changed while images are imported. Cancel that, or wait until it ends.';
    const write = () => page.call('settings:change', { changes: { threads: 2 } });
    expect(await write()).toEqual({ ok: false, error: { code: 'busy', message } });
    launched[0]!.send('import:ended', { importId: 'import-1', kind: 'cancelled' });
    await settled();
    expect(await write()).toMatchObject({ ok: true });
  });

  it('that runs when the app closes is stopped first, and what was staged is removed', async () => {
    const cancel = vi.fn(async () => {
      launched[0]!.send('import:ended', { importId: 'import-1', kind: 'cancelled' });
      return {};
    });
    const { studio, launched, path } = await importing({ 'import:cancel': cancel });
    await studio.close(60_000);
    expect(cancel).toHaveBeenCalledWith({ importId: 'import-1' });
    expect(launched[0]!.kills).toEqual([false]);
    expect(existsSync(path)).toBe(false);
  });
});
