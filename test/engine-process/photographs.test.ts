import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventName, Events } from '../../electron/contract/contract.ts';
import { EXPERIMENT_VERSION, type LayerSpec, type TrainingSpec } from '../../electron/domain/experiment.ts';
import type { ImageSetSummary, TestMetrics } from '../../electron/domain/words.ts';
import { EngineService } from '../../electron/engine-process/engine-service.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { modelSpec, trainingSpec } from '../engine/samples.ts';

const PHOTOGRAPHS = join(import.meta.dirname, '..', 'fixtures', 'photographs.zip');

const dense: readonly LayerSpec[] = [{ kind: 'dense', units: 192, activation: 'gelu' }];
const convolutional: readonly LayerSpec[] = [
  { kind: 'conv', filters: 8, kernel: 3, stride: 2, activation: 'gelu' },
  { kind: 'conv', filters: 16, kernel: 3, stride: 2, activation: 'gelu' },
];

const training: TrainingSpec = trainingSpec({
  optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  learningRate: 0.003,
  batchSize: 16,
  epochs: 14,
  seed: 1,
  validationCount: 17,
});

/** The engine as a window finds it, and what it has told. */
class Engine {
  readonly data = new TemporaryFolder();
  readonly service: EngineService;
  readonly #waiting = new Map<EventName, (payload: never) => void>();

  constructor() {
    this.service = new EngineService(this.data.path, (name, payload) => this.#waiting.get(name)?.(payload as never));
  }

  next<E extends EventName>(name: E): Promise<Events[E]> {
    return new Promise((resolve) => this.#waiting.set(name, resolve));
  }
}

describe('patches of real photographs', () => {
  let engine: Engine;
  let set: ImageSetSummary;

  beforeAll(async () => {
    engine = new Engine();
    const { handlers } = engine.service;
    await handlers['engine:stage']({ staged: 'photographs', paths: [PHOTOGRAPHS] });
    const { options, autoInverts } = await handlers['import:plan']({ staged: 'photographs' });
    const ended = engine.next('import:ended');
    await handlers['import:start']({ staged: 'photographs', options, autoInverts });
    const end = await ended;
    if (end.kind !== 'imported') throw new Error(`The import ended as ${JSON.stringify(end)}.`);
    // Chance has cut the cat at one place twice.
    const duplicate = { name: 'photographs/cat/59.jpg', of: 'photographs/cat/57.jpg', kept: false };
    expect(end.report).toMatchObject({ imported: 197, skipped: [], duplicates: [duplicate], inverted: false });
    set = end.report.set;
  });
  afterAll(() => engine.data[Symbol.dispose]());

  /** Trains to the end; answers the run and its test figures. */
  async function trained(encoder: readonly LayerSpec[]): Promise<{ runId: string; test: TestMetrics }> {
    const code = { size: 48, activation: 'linear', variational: false } as const;
    const model = modelSpec({ inputShape: [...set.shape], encoder: [...encoder], code, decoder: 'mirror' });
    const ended = engine.next('run:ended');
    const { runId } = await engine.service.handlers['run:start']({
      experiment: {
        version: EXPERIMENT_VERSION,
        name: 'Patches',
        imageSet: set.id,
        model: { ...model, initialiser: 'glorot-uniform', outputActivation: 'sigmoid' },
        training,
      },
    });
    const end = await ended;
    if (!end.test) throw new Error(`The run ended as ${JSON.stringify(end)}.`);
    return { runId, test: end.test };
  }

  test('become an RGB set of their own size, labelled by photograph', () => {
    expect(set).toMatchObject({ shape: [32, 32, 3], labelNames: ['astronaut', 'cat', 'coffee'] });
    expect(set.trainingCount + set.testCount).toBe(197);
    expect(set.testCount).toBeGreaterThan(15);
  });

  test.each([
    ['dense', dense],
    ['convolutional', convolutional],
  ])(
    'a %s model learns them, and its reconstructions are what its figure says',
    async (_, encoder) => {
      const { runId, test: figures } = await trained(encoder);
      const { handlers } = engine.service;
      const baseline = await handlers['image-set:baseline']({ imageSet: set.id, validationCount: 17 });
      // Index 0: every image taken for the mean image.
      expect(figures.squaredError).toBeLessThan(0.6 * baseline.testSquaredError[0]!);

      const indices = Uint32Array.from({ length: set.testCount }, (__, index) => index);
      const answer = await handlers['model:reconstruct']({
        model: { runId, weights: 'best' },
        source: { kind: 'set', split: 'test', indices },
        options: { invert: 'auto', centre: 'auto' },
        neighbours: 1,
      });
      const mean = answer.squaredErrors.reduce((sum, error) => sum + error, 0) / set.testCount;
      expect(mean).toBeCloseTo(figures.squaredError, 2);
      expect(answer.reconstructions).toMatchObject({ count: set.testCount, height: 32, width: 32, channels: 3 });
      const { pixels } = answer.reconstructions;
      const coloured = pixels.filter((value, at) => at % 3 === 0 && Math.abs(value - pixels[at + 2]!) > 30);
      expect(coloured.length).toBeGreaterThan(pixels.length / 30);
    },
    240_000,
  );
});
