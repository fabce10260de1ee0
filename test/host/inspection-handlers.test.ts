import { describe, expect, it } from 'vitest';
import type { EventName, Events, Request } from '../../electron/contract/contract.ts';
import type { FolderLook, ImportPlan } from '../../electron/contract/import-plan.ts';
import type { ImportOptions } from '../../electron/contract/import-options.ts';
import type { ImageSetSummary } from '../../electron/domain/words.ts';
import { StudioError } from '../../electron/domain/errors.ts';
import { recipeForNormal } from '../../electron/domain/inspection/recipe-for-normal.ts';
import { inspectionHandlers, type InspectionHost } from '../../electron/host/inspection-handlers.ts';
import { normalImport } from '../../electron/host/normal-import.ts';

type Listener = <E extends EventName>(name: E, payload: Events[E]) => void;

const set: ImageSetSummary = {
  id: 'bottles-1',
  name: 'Bottles',
  shape: [32, 32, 1],
  trainingCount: 100,
  testCount: 20,
  labelNames: [],
};

/** A host whose import ends as is told, before its name is known to who asked. */
function hostOf(folders: readonly FolderLook[], end: Pick<Events['import:ended'], 'kind'> & object) {
  const listeners = new Set<Listener>();
  const asked: { imported?: Request<'import:start'>; run?: Request<'run:start'> } = {};
  const options = { name: 'Bottles', test: { kind: 'every', n: 10 } };
  const count = folders.length === 0 ? 100 : folders.reduce((sum, look) => sum + look.count, 0);
  const plan = { count, folders, options, autoInverts: false } as unknown as ImportPlan;
  const host: InspectionHost = {
    ask: (async () => plan) as unknown as InspectionHost['ask'],
    choose: () => Promise.resolve(undefined),
    startImport: async (request) => {
      asked.imported = request;
      const ended = { importId: 'import-1', ...end } as unknown as Events['import:ended'];
      for (const listener of listeners) {
        listener('import:ended', { ...ended, importId: 'import-0' });
        listener('import:ended', ended);
      }
      return { importId: 'import-1' };
    },
    startRun: async (request) => {
      asked.run = request;
      return { runId: 'recipe-1' };
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return { asked, listeners, train: () => inspectionHandlers(host)['inspection:train']({ staged: 'staged-1' }) };
}

describe('normal pictures are imported and trained on', () => {
  it('those called so; the others are put aside to be checked', async () => {
    const folders: FolderLook[] = [
      { folder: 'good', count: 90 },
      { folder: 'crack', count: 20 },
    ];
    const { asked, listeners, train } = hostOf(folders, { kind: 'imported', report: { set } } as never);
    expect(await train()).toEqual({ imageSet: set, runId: 'recipe-1', normal: ['good'], checked: ['crack'] });
    expect(asked.imported?.options.folders).toEqual([{ folder: 'crack', split: 'test' }]);
    expect(asked.run?.experiment).toMatchObject({ imageSet: 'bottles-1', name: 'Bottles', preset: 'recipe' });
    expect(listeners.size).toBe(0);
  });

  it('MVTec’s layout as it lies', async () => {
    const folders: FolderLook[] = [
      { folder: 'train/good', count: 90, split: 'training' },
      { folder: 'test/good', count: 9, split: 'test' },
      { folder: 'test/crack', count: 20, split: 'test' },
    ];
    const { asked, train } = hostOf(folders, { kind: 'imported', report: { set } } as never);
    expect(await train()).toMatchObject({ normal: ['train/good'], checked: ['test/good', 'test/crack'] });
    expect(asked.imported?.options.folders).toBeUndefined();
  });

  it('of twenty all are learned from, of more a tenth is set aside; fewer are refused before anything is imported', async () => {
    const test = { kind: 'every', n: 10 } as const;
    const kept = (count: number) =>
      normalImport({ count, folders: [], options: { test } as ImportOptions }).options.test;
    expect([kept(20), kept(23)]).toEqual([{ kind: 'every', n: 1_000 }, test]);
    const { asked, train } = hostOf(
      [
        { folder: 'good', count: 19 },
        { folder: 'crack', count: 20 },
      ],
      { kind: 'imported', report: { set } } as never,
    );
    await expect(train()).rejects.toThrow(
      new StudioError(
        'refused',
        'Expected at least 20 different normal pictures, 5 of which are held out of training to say what is usual; found 19.',
      ),
    );
    expect(asked).toEqual({});
  });

  it('nor is trained on what is left of many that were the same or could not be read', async () => {
    const folders: FolderLook[] = [{ folder: 'good', count: 90 }];
    const report = { set: { ...set, trainingCount: 12 } };
    const { asked, train } = hostOf(folders, { kind: 'imported', report } as never);
    await expect(train()).rejects.toThrow('found 12');
    expect(asked.run).toBeUndefined();
  });

  it('with as many held out as of any set where its own validation pictures are too few', () => {
    const heldOut = (validationCount: number) =>
      recipeForNormal({ ...set, validationCount }).experiment.training.validationCount;
    expect([heldOut(2), heldOut(7)]).toEqual([16, 7]);
  });

  it('and nothing where the import fails or is stopped', async () => {
    const failed = hostOf([], { kind: 'failed', error: { code: 'disk-full', message: 'No room.' } } as never);
    await expect(failed.train()).rejects.toThrow(new StudioError('disk-full', 'No room.'));
    const stopped = hostOf([], { kind: 'cancelled' });
    await expect(stopped.train()).rejects.toMatchObject({ code: 'stopped' });
    expect([failed.asked.run, stopped.asked.run, stopped.listeners.size]).toEqual([undefined, undefined, 0]);
    await expect(hostOf([{ folder: 'test', count: 3, split: 'test' }], { kind: 'cancelled' }).train()).rejects.toThrow(
      'Expected a folder of normal pictures to train on, found "test".',
    );
  });
});
