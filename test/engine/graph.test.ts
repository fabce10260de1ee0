import { afterEach, describe, expect, it, vi } from 'vitest';
import { GraphSession } from '../../electron/engine/graph/session.ts';
import { CompiledRunner } from '../../electron/engine/graph/compiled-runner.ts';
import { buildNetwork } from '../../electron/engine/network.ts';
import { makeTrainingStep } from '../../electron/engine/step.ts';
import type { StepRunner } from '../../electron/engine/step-runner.ts';
import { expectNoLeak } from './no-leak.ts';
import { cases, isForXla, kindsFor, small, stepsFor, type Case } from './graph-cases.ts';
import { BATCH, expectAlike, makeOne, SEED, STEPS_A_CALL, trained } from './graph-runs.ts';
import { noiseImages, trainingSpec } from './samples.ts';

const noBetas = (steps: number): Float32Array => new Float32Array(steps);

afterEach(() => void vi.restoreAllMocks());

describe('a compiled step against the eager one', () => {
  const runs = Object.entries(cases).flatMap(([name, one]) =>
    kindsFor(name).map((kind) => [name, kind, stepsFor(name), one] as const),
  );
  /** What each kind of loop has been made of, and what is to train by XLA. */
  const [compiledByXla, isToCompile] = [new Set<string>(), new Set<string>()];
  it.each(runs)('%s by %s: %i steps end alike', async (_name, kind, steps, one) => {
    const images = noiseImages(40, one.model.inputShape);
    const load = vi.spyOn(GraphSession, 'load');
    await expectNoLeak(() => expectAlike(kind, one, images, steps));
    const ops = load.mock.calls.flatMap(([, functions]) => functions.flatMap(({ nodes }) => nodes.map(({ op }) => op)));
    for (const op of ops) {
      if (kind === 'xla-loop') compiledByXla.add(op);
      // XLA is given the words that are drawn.
      else if (isForXla(one) && !op.startsWith('Stateless')) isToCompile.add(op);
    }
  });

  it('XLA has compiled each op that is to train by it', () => {
    expect([...isToCompile].filter((op) => !compiledByXla.has(op))).toEqual([]);
    expect(compiledByXla.size).toBeGreaterThan(isToCompile.size / 2);
  });
});

/** Which XLA compiles in little time. */
const plain: Case = { model: { ...small, encoder: [] }, training: trainingSpec({ learningRate: 0.1 }) };
const dropout = cases['dropout']!;

describe('compiled training', { timeout: 180_000 }, () => {
  // By XLA: test/training/compiled-run.test.ts and compiled-resume.test.ts.
  it('gives the same bits twice with one seed, others where another draws', async () => {
    const images = noiseImages(40, dropout.model.inputShape);
    const first = await trained('graph-loop', dropout, images);
    expect(await trained('graph-loop', dropout, images)).toEqual(first);
    expect((await trained('graph-loop', dropout, images, { seed: SEED + 1 })).costs).not.toEqual(first.costs);
  });

  it.each([
    ['xla-loop', plain],
    ['graph-loop', dropout],
  ] as const)('trains on an epoch’s last partial batch by %s', async (kind, one) => {
    const images = noiseImages(20, one.model.inputShape);
    const partial = {
      indices: Int32Array.of(0, 1, 2, 3),
      batchSize: 4,
      learningRates: Float32Array.of(0.01),
      betas: noBetas(1),
      firstStep: 0,
    };
    const costs: number[] = [];
    for (const each of ['eager', kind] as const) {
      const { runner, dispose } = await makeOne(each, one, images, { lastBatchSize: 4 });
      costs.push(runner.run(partial)[0]!);
      dispose();
    }
    expect(costs[1]).toBeCloseTo(costs[0]!, 6);
  });

  it.each([1, 4_096])('takes batches of %i', async (batchSize) => {
    const images = noiseImages(3, plain.model.inputShape);
    const network = buildNetwork(plain.model, SEED);
    const step = makeTrainingStep(network, plain.training);
    const options = {
      kind: 'xla-loop',
      step,
      images,
      seed: SEED,
      batchSize,
      stepsPerCall: 2,
      lastBatchSize: 0,
    } as const;
    const runner = await CompiledRunner.compile(options);
    const indices = new Int32Array(2 * batchSize).fill(1);
    const costs = runner.run({
      indices,
      batchSize,
      learningRates: Float32Array.of(0.01, 0.01),
      betas: noBetas(2),
      firstStep: 0,
    });
    runner.dispose();
    network.dispose();
    expect(costs).toHaveLength(2);
    expect(costs.every((cost) => cost > 0 && cost < 1)).toBe(true);
  });

  it.each([
    ['xla-loop', plain],
    ['graph-loop', dropout],
  ] as const)('what was pulled stays as it was while training goes on by %s', async (kind, one) => {
    const images = noiseImages(40, one.model.inputShape);
    await expectNoLeak(async () => {
      const { runner, network, dispose } = await makeOne(kind, one, images);
      const weights = () => network.weights.map(({ variable }) => variable.dataSync());
      const call = {
        indices: new Int32Array(STEPS_A_CALL * BATCH),
        batchSize: BATCH,
        learningRates: new Float32Array(STEPS_A_CALL).fill(0.01),
        betas: noBetas(STEPS_A_CALL),
        firstStep: 0,
      };
      runner.run(call);
      runner.pull();
      const pulled = weights();
      expect(pulled).toEqual(network.weights.map((_, part) => runner.read(part)));
      runner.run(call);
      expect(weights()).toEqual(pulled);
      runner.pull();
      expect(weights()).not.toEqual(pulled);
      dispose();
    });
  });

  it('refuses a call of the wrong shape before TensorFlow sees it', async () => {
    const images = noiseImages(40, plain.model.inputShape);
    const { runner, dispose } = await makeOne('graph-loop', plain, images);
    const call = {
      indices: new Int32Array(BATCH),
      batchSize: BATCH,
      learningRates: new Float32Array(1),
      betas: noBetas(1),
      firstStep: 0,
    };
    expect(() => runner.run({ ...call, indices: new Int32Array(BATCH - 1) })).toThrow(
      `A training call expected up to 10 steps of ${BATCH} images, found 1 steps of ${BATCH} images, ${BATCH - 1} indices, 1 betas.`,
    );
    expect(() => runner.run({ ...call, batchSize: 3, indices: new Int32Array(3) })).toThrow(
      'found 1 steps of 3 images',
    );
    expect(() =>
      runner.run({
        ...call,
        learningRates: new Float32Array(11),
        betas: noBetas(11),
        indices: new Int32Array(11 * BATCH),
      }),
    ).toThrow('found 11 steps');
    expect(() => runner.run({ ...call, indices: new Int32Array(BATCH).fill(40) })).toThrow(
      'Image 40 is not one of 40.',
    );
    dispose();
  });

  it('keeps its memory over 2,500 steps and five load and unload cycles', async () => {
    const images = noiseImages(40, plain.model.inputShape);
    const run = (runner: StepRunner, steps: number): void => {
      const sizes = { batchSize: BATCH, learningRates: new Float32Array(STEPS_A_CALL), betas: noBetas(STEPS_A_CALL) };
      const call = { ...sizes, indices: new Int32Array(STEPS_A_CALL * BATCH) };
      for (let done = 0; done < steps; done += STEPS_A_CALL) runner.run({ ...call, firstStep: done });
    };
    const cycle = async (): Promise<void> => {
      const again = await makeOne('graph-loop', dropout, images);
      run(again.runner, STEPS_A_CALL);
      again.dispose();
    };
    const { runner, dispose } = await makeOne('xla-loop', plain, images);
    run(runner, 500);
    await cycle();
    const before = process.memoryUsage().rss;
    run(runner, 2_500);
    dispose();
    for (let round = 0; round < 5; round += 1) await cycle();
    // Five graphs that stay are more; the allocator's own slack is less.
    expect(process.memoryUsage().rss - before).toBeLessThan(40e6);
  });
});
