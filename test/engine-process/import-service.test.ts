import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventName, Events } from '../../electron/contract/contract.ts';
import { importImages } from '../../electron/dataset/import/import-images.ts';
import { thisMachine, type ImportSystem } from '../../electron/dataset/import/system.ts';
import { ImageSetStore } from '../../electron/files/image-set-store.ts';
import { ImportService } from '../../electron/engine-process/import-service.ts';
import { workHere, type ImportWork } from '../../electron/engine-process/import-thread.ts';
import { StagedFiles } from '../../electron/engine-process/staged-files.ts';
import { FIXTURES, greyPng, plain } from '../dataset/import/fixtures.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const GONE = 'These files are no longer at hand: drop or choose them again.';

let data: TemporaryFolder;
let pictures: string;
beforeEach(async () => {
  data = new TemporaryFolder();
  pictures = join(data.path, 'pets');
  for (const [index, name] of ['cats/1.png', 'cats/2.png', 'dogs/1.png', 'dogs/2.png'].entries()) {
    mkdirSync(join(pictures, dirname(name)), { recursive: true });
    writeFileSync(join(pictures, name), await greyPng(10 + index));
  }
});
afterEach(() => data[Symbol.dispose]());

/** A service, all it has told, and its end once an import has started. */
function opened(system: Partial<ImportSystem> = {}) {
  const store = new ImageSetStore(data.path);
  const told: { name: EventName; payload: unknown }[] = [];
  let end: (ended: Events['import:ended']) => void;
  const ended = new Promise<Events['import:ended']>((resolve) => (end = resolve));
  const emit = <E extends EventName>(name: E, payload: Events[E]): void => {
    told.push({ name, payload });
    if (name === 'import:ended') end(payload as Events['import:ended']);
  };
  const work: ImportWork = {
    ...workHere,
    import: (request, hooks) => importImages(request, { ...hooks, system: { ...thisMachine, ...system } }),
  };
  const service = new ImportService({ store, staged: new StagedFiles(), emit, work });
  return { ...service, store, told, ended };
}

async function staged(service: ReturnType<typeof opened>, ...paths: string[]) {
  await service.handlers['engine:stage']({ staged: 'staged-1', paths });
  return { staged: 'staged-1', options: plain };
}

const sets = () => readdirSync(join(data.path, 'image-sets'));

describe('a plan', () => {
  it('is made of what was staged, named after it', async () => {
    const service = opened();
    const plan = await service.handlers['import:plan'](await staged(service, pictures));
    expect(plan).toMatchObject({ count: 4, options: { name: 'pets' } });
    expect(plan.labels).toEqual([
      { name: 'cats', count: 2 },
      { name: 'dogs', count: 2 },
    ]);
    const several = await staged(service, join(pictures, 'cats'), join(pictures, 'dogs'));
    expect((await service.handlers['import:plan'](several)).options.name).toBe('Images');
    expect((await service.handlers['import:plan']({ ...several, name: 'Mine' })).options.name).toBe('Mine');
  });

  it('names the files of an upload as they were dropped', async () => {
    const upload = join(data.path, 'staged', '7-ab', 'staged-1');
    mkdirSync(join(upload, 'empty'), { recursive: true });
    const service = opened();
    const request = await staged(service, join(upload, 'empty'));
    await expect(service.handlers['import:plan'](request)).rejects.toMatchObject({
      code: 'bad-file',
      message: 'empty: expected at least one image, found none.',
    });
  });

  it('of a file that has gone since the drop names it', async () => {
    const service = opened();
    const request = await staged(service, join(pictures, 'lost.png'));
    await expect(service.handlers['import:plan'](request)).rejects.toMatchObject({
      code: 'not-found',
      message: `${join(pictures, 'lost.png')}: expected a file or folder, found none.`,
    });
  });

  it('of what was never staged, or long ago, is not found', async () => {
    const service = opened();
    await expect(service.handlers['import:plan']({ staged: 'staged-2' })).rejects.toMatchObject({ message: GONE });
    await staged(service, pictures);
    for (let id = 2; id <= 33; id += 1) await service.handlers['engine:stage']({ staged: `staged-${id}`, paths: [] });
    await expect(service.handlers['import:plan']({ staged: 'staged-1' })).rejects.toMatchObject({ message: GONE });
  });
});

it('a preview shows pictures as they would be imported', async () => {
  const service = opened();
  const [first, second] = await service.handlers['import:preview']({ ...(await staged(service, pictures)), count: 2 });
  expect(first).toMatchObject({ name: 'cats/1.png', label: 'cats', kind: 'image', image: { width: 8, height: 8 } });
  expect(second).toMatchObject({ name: 'dogs/1.png', kind: 'image' });
});

describe('an import', () => {
  it('into a version that another has followed is refused', async () => {
    const first = opened();
    await first.handlers['import:start'](await staged(first, pictures));
    await first.ended;
    const [id = ''] = sets();
    const more = join(data.path, 'more.png');
    writeFileSync(more, await greyPng(90));
    const second = opened();
    await second.handlers['import:start']({ ...(await staged(second, more)), into: id });
    expect(await second.ended).toMatchObject({ kind: 'imported' });
    const third = opened();
    const late = { ...(await staged(third, pictures)), into: id };
    await expect(third.handlers['import:start'](late)).rejects.toMatchObject({
      code: 'refused',
      message: 'There is a newer version of "Tried": change that one.',
    });
    expect(sets()).toHaveLength(2);
  });

  it('answers with its id, then tells how far it is and how it ended', async () => {
    const service = opened();
    const { importId } = await service.handlers['import:start'](await staged(service, pictures));
    expect(service.told).toEqual([]);
    const ended = await service.ended;
    expect(ended).toMatchObject({ importId, kind: 'imported', report: { imported: 4, skipped: [] } });
    const names = service.told.map(({ name }) => name);
    expect(names.slice(-2)).toEqual(['image-sets:changed', 'import:ended']);
    expect(names[0]).toBe('import:progressed');
    const { sets: listed } = await service.store.list();
    expect(listed.map(({ name }) => name)).toEqual(['Tried']);
    expect((await service.store.describe(listed[0]!.id)).sources).toEqual([pictures]);
  });

  it('keeps what an upload was called, and of very many paths the first', async () => {
    const upload = join(data.path, 'staged', '7-ab', 'staged-1');
    const paths = await Promise.all(
      Array.from({ length: 120 }, async (_, index) => {
        mkdirSync(upload, { recursive: true });
        const path = join(upload, `${index}.png`);
        writeFileSync(path, await greyPng(index));
        return path;
      }),
    );
    const service = opened();
    await service.handlers['import:start'](await staged(service, ...paths));
    expect(await service.ended).toMatchObject({ kind: 'imported', report: { imported: 120 } });
    const [set] = (await service.store.list()).sets;
    const { sources } = await service.store.describe(set!.id);
    expect(sources).toHaveLength(101);
    expect([sources[0], sources[100]]).toEqual(['0.png', 'and 20 more']);
  });

  it('that was cancelled leaves nothing, and the next may start', async () => {
    const service = opened();
    const { importId } = await service.handlers['import:start'](await staged(service, pictures));
    const busy = service.handlers['import:start'](await staged(service, pictures));
    await expect(busy).rejects.toMatchObject({
      code: 'busy',
      message: 'Another import is running. Stop it, or wait until it has finished.',
    });
    await expect(service.handlers['import:cancel']({ importId: 'import-0' })).rejects.toMatchObject({
      code: 'not-found',
      message: 'The import "import-0" is not running.',
    });
    expect(await service.handlers['import:cancel']({ importId })).toEqual({});
    expect(await service.ended).toEqual({ importId, kind: 'cancelled' });
    expect(service.told.map(({ name }) => name)).not.toContain('image-sets:changed');
    expect(readdirSync(data.path)).not.toContain('image-sets');
    await expect(service.handlers['import:cancel']({ importId })).rejects.toMatchObject({ code: 'not-found' });
    expect(await service.handlers['import:start'](await staged(service, pictures))).toHaveProperty('importId');
  });

  it('that fills the disk has failed and leaves nothing', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    const service = opened({
      create: async (path) => ({ ...(await thisMachine.create(path)), write: () => Promise.reject(full) }),
    });
    await service.handlers['import:start'](await staged(service, pictures));
    const ended = await service.ended;
    expect(ended).toMatchObject({ kind: 'failed', error: { code: 'disk-full' } });
    expect(ended.kind === 'failed' && ended.error.message).toMatch(
      /image-sets.tried-[0-9a-f]{6}: cannot be written: the disk is full\.$/,
    );
    expect(sets()).toEqual([]);
  });

  it('passes over a file that was removed after it was listed, and says so', async () => {
    const readFile = vi.fn((path: string) => {
      if (path.endsWith(join('dogs', '2.png'))) rmSync(path, { force: true });
      return thisMachine.readFile(path);
    });
    const service = opened({ readFile });
    await service.handlers['import:start'](await staged(service, pictures));
    const skipped = [{ name: 'dogs/2.png', reason: 'expected a picture, but it is no longer there.' }];
    expect(await service.ended).toMatchObject({ kind: 'imported', report: { imported: 3, skipped } });
  });

  it('takes two files of the same name from two folders', async () => {
    writeFileSync(join(data.path, '1.png'), await greyPng(99));
    const service = opened();
    await service.handlers['import:start'](
      await staged(service, join(data.path, '1.png'), join(pictures, 'cats', '1.png')),
    );
    expect(await service.ended).toMatchObject({ kind: 'imported', report: { imported: 2, skipped: [] } });
    const [id] = sets();
    const names = readFileSync(service.store.at(id!).namesPath, 'utf8');
    expect(names).toBe('"1.png"\n"1.png"\n');
  });

  it('of what holds no picture has failed with the reason', async () => {
    const service = opened();
    await service.handlers['import:start'](await staged(service, join(FIXTURES, 'nan.npy')));
    const message = 'nan.npy: expected numbers, found NaN at [1, 2, 3].';
    expect(await service.ended).toMatchObject({ kind: 'failed', error: { code: 'bad-file', message } });
  });
});
