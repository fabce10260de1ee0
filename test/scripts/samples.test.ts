import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { epochShown } from '../../electron/domain/epoch-shown.ts';
import { unwrap } from '../../electron/domain/errors.ts';
import { sampleRecipes } from '../../scripts/samples/recipes.ts';
import { projectRoot } from '../../scripts/step.ts';
import { openStudio } from '../host/studio-samples.ts';

const samples = join(projectRoot, 'resources', 'samples');
/** Of all of them: they travel with every copy of the project. */
const MOST_BYTES = 3 * 2 ** 20;

let dataFolder = '';
beforeAll(async () => (dataFolder = await mkdtemp(join(tmpdir(), 'studio-'))));
afterAll(() => rm(dataFolder, { recursive: true, force: true }));

describe('the samples that ship with the app', () => {
  it('are those of the recipes, and small', async () => {
    const names = await readdir(samples);
    expect(names.sort()).toEqual(sampleRecipes.map(({ id }) => `${id}.aestudio`).sort());
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(samples, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES);
  });

  it('open as finished runs of MNIST, trained by their recipes, with figures, curves and snapshots', async () => {
    const { window, reports } = await openStudio(dataFolder, {}, { sampleRuns: samples });
    for (const { id, experiment, snapshots } of sampleRecipes) {
      const record = unwrap(await window.call('run:open', { runId: (await listed(window, id)).id }));
      expect(record.summary).toMatchObject({ status: 'finished', sample: true, name: experiment.name });
      expect(record.experiment).toEqual(experiment);
      expect(record.metrics).toHaveLength(experiment.training.epochs);
      expect(record.snapshotEpochs).toHaveLength(snapshots);
      expect([record.snapshotEpochs[0], record.snapshotEpochs.at(-1)]).toEqual([1, experiment.training.epochs]);
      expect(record.test?.squaredError).toBeGreaterThan(0);
      expect(record.hasModel).toBe(true);
      // The pictures that stand for it are those of the weights that ship, of the examples that the app shows today.
      expect(epochShown(record)).toBe(record.test?.epoch);
      const shown = unwrap(await window.call('run:snapshot', { runId: id, epoch: epochShown(record)! }));
      expect(shown.examples).toHaveLength(10);
      expect(unwrap(await window.call('run:thumbnail', { runId: id })).image).toBeDefined();
    }
    expect(reports).toEqual([]);
  });
});

async function listed(window: Awaited<ReturnType<typeof openStudio>>['window'], id: string) {
  return unwrap(await window.call('run:list', {})).find((run) => run.id === id)!;
}
