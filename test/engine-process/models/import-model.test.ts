import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Emit } from '../../../electron/contract/contract.ts';
import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { exportModel } from '../../../electron/model/export/export-model.ts';
import { loadModel } from '../../../electron/model/weights-file.ts';
import { reconstruct } from '../../../electron/engine/inference.ts';
import { buildNetwork } from '../../../electron/engine/network.ts';
import { workHere } from '../../../electron/engine-process/import-thread.ts';
import { ModelImports } from '../../../electron/engine-process/models/model-imports.ts';
import { RunService } from '../../../electron/engine-process/run-service.ts';
import { readResumption } from '../../../electron/training/resumption.ts';
import { RunStore } from '../../../electron/host/run-store.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';
import { expectNoLeak } from '../../engine/no-leak.ts';
import { modelSpec, weightsByName } from '../../engine/samples.ts';
import { largestDifference } from '../../model/export/trained.ts';
import { experiment, tinySet, withoutCompiler } from '../../training/samples.ts';
import { deskOver, type Desk } from './samples.ts';

const set = tinySet(40, 12);
const spec: ModelSpec = { ...experiment().model, code: { size: 2, activation: 'linear', variational: false } };

interface Told {
  readonly told: readonly unknown[];
  /** What is done whenever other work is let in. */
  readonly atBreath: (work: () => void) => void;
}

/** A model of another program, staged in an app without runs; asserts that no tensor is left. */
function onImport(
  body: (
    app: Omit<Desk, 'told'> & { readonly path: string; readonly imports: ModelImports['handlers'] } & Told,
  ) => Promise<void>,
  own: ModelSpec = spec,
  here = true,
): Promise<void> {
  return expectNoLeak(async () => {
    using data = new TemporaryFolder();
    const service = here ? deskOver(data.path, set) : deskOver(data.path);
    const network = buildNetwork(own, 3);
    await exportModel({ network, origin: {} }, { format: 'tfjs' }, join(data.path, 'away'));
    network.dispose();
    service.staged.set('given', [join(data.path, 'away')]);
    const { staged, imageSets } = service;
    let work = (): void => undefined;
    const around = { imageSets, breathe: async () => work(), report: () => undefined };
    const told: unknown[] = [];
    const emit: Emit = (name, payload) => void told.push([name, payload]);
    const imports = new ModelImports({ ...around, dataFolder: data.path, staged, work: workHere, emit });
    try {
      await body({
        ...service,
        path: data.path,
        imports: imports.handlers,
        told,
        atBreath: (given) => void (work = given),
      });
    } finally {
      await service.service.close();
    }
  });
}

withoutCompiler();

describe('a model of another program', () => {
  test('is looked at without being kept', () =>
    onImport(async ({ imports, path }) => {
      const found = await imports['model:inspect']({ staged: 'given' });
      expect(found).toMatchObject({
        name: 'away',
        format: 'TensorFlow.js',
        inputShape: [4, 3, 1],
        codeLayer: 1,
        notes: [],
      });
      expect(found.layers.map(({ name, canBeCode }) => [name, canBeCode])).toEqual([
        ['encoder-1', true],
        ['code', true],
        ['decoder-1', true],
        ['output', false],
      ]);
      expect(found.parameters).toBe(12 * 5 + 5 + 5 * 2 + 2 + 2 * 5 + 5 + 5 * 12 + 12);
      expect(readdirSync(path)).toEqual(['away']);
    }));

  test('says what is done with it while it is taken in', () =>
    onImport(async ({ imports, told }) => {
      await imports['model:import']({ staged: 'given', name: 'From away' });
      const step = (sentence: string) => ['model-import:told', { staged: 'given', sentence }];
      expect(told).toEqual([
        step('Putting its weights into the app’s layers …'),
        step('Measuring it on the 12 test images of Tiny …'),
      ]);
    }));

  test('is left out altogether where it is stopped while it is measured', () =>
    onImport(async ({ imports, path, atBreath }) => {
      atBreath(() => void imports['model:cancel-import']({ staged: 'given' }));
      const taken = imports['model:import']({ staged: 'given', name: 'From away' });
      await expect(taken).rejects.toMatchObject({ code: 'stopped' });
      expect(readdirSync(join(path, 'runs'))).toEqual([]);
      await expect(imports['model:cancel-import']({ staged: 'given' })).rejects.toMatchObject({ code: 'not-found' });
    }));

  test('becomes a run with the error that it has, its pictures, and no training', () =>
    onImport(async ({ imports, path, service }) => {
      const { runId } = await imports['model:import']({ staged: 'given', name: 'From away' });
      const record = await new RunStore(path).open(runId, undefined);
      const network = await loadModel(RunFolder.under(path, runId).modelFolder('best'));
      const { errors } = reconstruct(network, set.test.images);
      network.dispose();
      const mse = errors.reduce((sum, error) => sum + error, 0) / 12;
      expect(record).toMatchObject({
        summary: { name: 'From away', status: 'imported', resumable: false, imageSet: 'tiny', epochsDone: 0 },
        imported: { file: 'model.json', format: 'TensorFlow.js' },
        hasModel: true,
        snapshotEpochs: [0],
      });
      expect(record.test!.mse).toBeCloseTo(mse, 6);
      // Held out as of any small set.
      expect(record.experiment.training.validationCount).toBe(10);
      const model = { runId, weights: 'best' } as const;
      expect((await service.handlers['model:measures']({ model, split: 'test' })).squaredErrors).toHaveLength(12);
      const indices = Uint32Array.of(0);
      const source = { kind: 'set', split: 'test', indices } as const;
      const options = { invert: 'auto', centre: 'auto' } as const;
      const made = await service.handlers['model:reconstruct']({ model, source, options, neighbours: 3 });
      expect(made.mse[0]).toBeCloseTo(errors[0]!, 6);
      await expect(readResumption(RunFolder.under(path, runId))).rejects.toMatchObject({
        code: 'refused',
        message: `The run "${runId}" is an imported model: there is nothing to resume.`,
      });
    }));

  test('is trained further from its own weights', () =>
    onImport(async ({ imports, path, imageSets }) => {
      const { runId } = await imports['model:import']({ staged: 'given', name: 'From away' });
      const source = RunFolder.under(path, runId);
      const { model } = await source.readExperiment();
      const ended = Promise.withResolvers<undefined>();
      const service = new RunService({
        dataFolder: path,
        imageSets,
        emit: (name) => (name === 'run:ended' ? ended.resolve(undefined) : undefined),
      });
      // Steps this small leave every weight where it was, but for biases of zero.
      const still = experiment({ epochs: 1, learningRate: 1e-30, optimizer: { kind: 'sgd' } });
      const startFrom = { runId, weights: 'best' } as const;
      const next = await service.handlers['run:start']({ experiment: { ...still, model, startFrom } });
      await ended.promise;
      const weightsOf = async (run: RunFolder) => {
        const network = await loadModel(run.modelFolder('best'));
        // Copies: TensorFlow takes its memory back.
        const weights = Object.entries(weightsByName(network)).map(([name, values]) => [name, values.slice()] as const);
        network.dispose();
        return Object.fromEntries(weights);
      };
      const [before, after] = [await weightsOf(source), await weightsOf(RunFolder.under(path, next.runId))];
      expect(Object.keys(after)).toEqual(Object.keys(before));
      for (const [name, values] of Object.entries(before))
        expect(largestDifference(after[name]!, values)).toBeLessThan(1e-20);
      const gone = { ...still, model, startFrom: { runId: 'nobody', weights: 'best' } as const };
      await expect(service.handlers['run:start']({ experiment: gone })).rejects.toMatchObject({
        code: 'not-found',
        message: expect.stringMatching(
          /^Training is to begin with the weights of the run "nobody": expected them in /,
        ) as string,
      });
    }));

  test('has its code where a person says', () =>
    onImport(async ({ imports, path, service }) => {
      const { runId } = await imports['model:import']({ staged: 'given', name: 'Wider', codeLayer: 2 });
      const { model } = await RunFolder.under(path, runId).readExperiment();
      expect(model).toMatchObject({ encoder: [{ units: 5 }, { units: 2 }], code: { size: 5 }, decoder: [] });
      const opened = await service.handlers['model:codes']({ model: { runId, weights: 'best' }, split: 'test' });
      expect(opened).toMatchObject({ size: 5 });
      await expect(imports['model:inspect']({ staged: 'given', codeLayer: 3 })).rejects.toMatchObject({
        message: 'model.json: expected a code layer of 0 to 2, found 3.',
      });
    }));

  test('is taken in without an image set too, and refused one of other images', () =>
    onImport(
      async ({ imports, path }) => {
        const { runId } = await imports['model:import']({ staged: 'given', name: 'Alone' });
        const record = await new RunStore(path).open(runId, undefined);
        expect(record).toMatchObject({ summary: { imageSet: 'none' }, snapshotEpochs: [], hasModel: true });
        expect(record.test).toBeUndefined();
        const wrong = imports['model:import']({ staged: 'given', name: 'Alone', imageSet: 'mnist' });
        await expect(wrong).rejects.toMatchObject({
          code: 'bad-request',
          message: 'The model takes images of 4 × 3 × 1: expected those, found 28 × 28 × 1 in "mnist".',
        });
        expect(readdirSync(join(path, 'runs'))).toEqual([runId]);
      },
      modelSpec(),
      false,
    ));
});
