import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Request } from '../../electron/contract/contract.ts';
import { StudioError, unwrap } from '../../electron/domain/errors.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import { dataFolders, experiment, openStudio, started } from './studio-samples.ts';

const data = dataFolders();
const named = (...names: readonly string[]): Experiment[] => names.map((name) => ({ ...experiment, name }));

/** A host whose engine trains whatever it is given, until `end`. */
async function opened(refuse: (given: Experiment) => void = () => undefined) {
  const trained: string[] = [];
  const begin = vi.fn(({ experiment: given }: Request<'run:start'>) => {
    refuse(given);
    trained.push(given.name);
    const runId = `run-${trained.length}`;
    host.launched.at(-1)!.send('run:started', started(runId));
    return Promise.resolve({ runId });
  });
  const host = await openStudio(data.path, { 'run:start': begin, 'run:stop': () => Promise.resolve({}) });
  const { window, launched } = host;
  await expect.poll(async () => unwrap(await window.call('app:describe', {})).engine.kind).toBe('ready');
  const end = () => launched.at(-1)!.send('run:ended', { runId: `run-${trained.length}`, status: 'finished' });
  const queue = async () => unwrap(await window.call('queue:read', {}));
  const waiting = async () => (await queue()).entries.map((entry) => entry.experiment.name);
  const add = async (...names: readonly string[]) =>
    unwrap(await window.call('queue:add', { experiments: named(...names) }));
  return { ...host, trained, begin, end, queue, waiting, add };
}

describe('the queue', () => {
  it('trains what is added, one after the other, in its order', async () => {
    const { trained, waiting, add, end, heard } = await opened();
    await add('a', 'b', 'c');
    await expect.poll(waiting).toEqual(['b', 'c']);
    expect(trained).toEqual(['a']);
    end();
    await expect.poll(waiting).toEqual(['c']);
    end();
    await expect.poll(waiting).toEqual([]);
    expect(trained).toEqual(['a', 'b', 'c']);
    expect(heard).toContain('queue:changed');
  });

  it('counts as training until the last of it has ended, but not while it is held', async () => {
    const { studio, window, waiting, add, end } = await opened();
    const told: boolean[] = [];
    studio.listen((name) => name === 'run:ended' && told.push(studio.isTraining));
    await add('a', 'b');
    await expect.poll(waiting).toEqual(['b']);
    end();
    await expect.poll(waiting).toEqual([]);
    end();
    await expect.poll(() => told).toEqual([true, false]);
    unwrap(await window.call('queue:hold', { held: true }));
    await add('c');
    expect(studio.isTraining).toBe(false);
  });

  it('starts nothing while it is held, and goes on when it is let go', async () => {
    const { window, trained, waiting, add, queue } = await opened();
    unwrap(await window.call('queue:hold', { held: true }));
    await add('a');
    expect(await queue()).toMatchObject({ held: true, problems: [] });
    expect(trained).toEqual([]);
    unwrap(await window.call('queue:hold', { held: false }));
    await expect.poll(waiting).toEqual([]);
    expect(trained).toEqual(['a']);
  });

  it('is moved and thinned out while it waits', async () => {
    const { window, add, waiting } = await opened();
    unwrap(await window.call('queue:hold', { held: true }));
    const { entries } = await add('a', 'b', 'c', 'd');
    unwrap(await window.call('queue:move', { entry: entries[3]!.id, to: 0 }));
    expect(await waiting()).toEqual(['d', 'a', 'b', 'c']);
    unwrap(await window.call('queue:remove', { entries: [entries[0]!.id, entries[2]!.id] }));
    expect(await waiting()).toEqual(['d', 'b']);
    expect(await window.call('queue:move', { entry: entries[0]!.id, to: 0 })).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
  });

  it('takes out what cannot be started, says why, and starts the next', async () => {
    const { add, trained, waiting, queue } = await opened(({ name }) => {
      if (name === 'bad') throw new StudioError('not-found', 'There is no image set "gone".');
    });
    await add('bad', 'good');
    await expect.poll(() => trained).toEqual(['good']);
    await expect.poll(waiting).toEqual([]);
    expect((await queue()).problems).toEqual(['"bad" could not be started: There is no image set "gone".']);
  });

  it('keeps the last 10 of what could not be started', async () => {
    const { add, queue } = await opened(({ name }) => {
      throw new StudioError('bad-spec', `no ${name}`);
    });
    const names = Array.from({ length: 12 }, (_, index) => `run ${index}`);
    await add(...names);
    const told = names.slice(2).map((name) => `"${name}" could not be started: no ${name}`);
    await expect.poll(async () => (await queue()).problems, { timeout: 20_000 }).toEqual(told);
  });

  it('is held where the disk is full, and keeps what waits', async () => {
    const { add, queue } = await opened(() => {
      throw new StudioError('disk-full', 'The disk is full.');
    });
    await add('a', 'b');
    await expect.poll(async () => (await queue()).held).toBe(true);
    const { heldReason, entries, problems } = await queue();
    expect(heldReason).toBe('The disk is full.');
    expect(entries).toHaveLength(2);
    expect(problems).toEqual([]);
  });

  it('lets a person’s own run come first, and goes on after it', async () => {
    const { window, trained, add, waiting, end } = await opened();
    unwrap(await window.call('run:start', { experiment: named('mine')[0]! }));
    await add('queued');
    expect(trained).toEqual(['mine']);
    expect(await waiting()).toEqual(['queued']);
    end();
    await expect.poll(() => trained).toEqual(['mine', 'queued']);
  });

  it('keeps what the engine is too busy for', async () => {
    let busy = true;
    const { window, trained, add, waiting, begin } = await opened(() => {
      if (busy) throw new StudioError('busy', 'Another run is training.');
    });
    await add('a');
    await expect.poll(() => begin.mock.calls.length).toBe(1);
    expect(await waiting()).toEqual(['a']);
    busy = false;
    unwrap(await window.call('run:start', { experiment: named('mine')[0]! }));
    expect(await waiting()).toEqual(['a']);
    expect(trained).toEqual(['mine']);
  });

  it('goes on with the next when the engine was lost and is back', async () => {
    const { add, trained, waiting, launched } = await opened();
    await add('a', 'b');
    await expect.poll(waiting).toEqual(['b']);
    launched[0]!.end({ code: null, signal: 'SIGKILL' });
    await expect.poll(() => trained).toEqual(['a', 'b']);
    await expect.poll(waiting).toEqual([]);
    expect(launched).toHaveLength(2);
  });

  it('survives the app, in its order, and is then held and says so', async () => {
    const first = await opened();
    await first.add('a', 'b', 'c');
    await expect.poll(first.waiting).toEqual(['b', 'c']);
    await first.studio.close(1);
    const second = await opened();
    expect(await second.queue()).toMatchObject({
      held: true,
      heldReason: 'The app was started anew: nothing starts by itself.',
    });
    expect(await second.waiting()).toEqual(['b', 'c']);
    expect(second.trained).toEqual([]);
    unwrap(await second.window.call('queue:hold', { held: false }));
    await expect.poll(() => second.trained).toEqual(['b']);
    expect(await second.queue()).not.toHaveProperty('heldReason');
  });

  it('starts nothing while the app closes', async () => {
    const { studio, add, trained, waiting } = await opened();
    await add('a', 'b');
    await expect.poll(waiting).toEqual(['b']);
    await studio.close(1);
    expect(trained).toEqual(['a']);
    expect(JSON.parse(await readFile(join(data.path, 'queue.json'), 'utf8'))).toMatchObject({
      version: 1,
      entries: [{ experiment: { name: 'b' } }],
    });
  });

  it('names a damaged file, puts it aside and starts empty', async () => {
    await writeFile(join(data.path, 'queue.json'), '{"version": 1, "entr');
    const { queue } = await opened();
    expect(await queue()).toEqual({
      held: false,
      entries: [],
      problems: [`${join(data.path, 'queue.json')}: expected JSON, found text that is not JSON.`],
    });
    expect(await readFile(join(data.path, 'queue-damaged.json'), 'utf8')).toBe('{"version": 1, "entr');
  });

  it('holds at most 200', async () => {
    const { window, add, waiting } = await opened();
    unwrap(await window.call('queue:hold', { held: true }));
    await add(...Array.from({ length: 200 }, (_, index) => `run ${index}`));
    const answer = await window.call('queue:add', { experiments: named('one more') });
    const message = 'The queue: expected at most 200 experiments, found 201.';
    expect(answer).toEqual({ ok: false, error: { code: 'refused', message } });
    expect(await waiting()).toHaveLength(200);
  });
});
