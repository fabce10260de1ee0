import { describe, expect, test } from 'vitest';
import type { ModelSpec, PretrainingSpec } from '../../electron/domain/experiment.ts';
import { forwardInference, NoiseStreams } from '../../electron/engine/forward.ts';
import { imageTensor } from '../../electron/engine/images.ts';
import { firstThatWorks } from '../../electron/engine/make-runner.ts';
import { statelessNormal, statelessUniform } from '../../electron/engine/native-ops.ts';
import type { Network } from '../../electron/engine/network.ts';
import { initialMachine, machinesOf, makeMachineStep, MOMENTUM, unroll } from '../../electron/engine/rbm.ts';
import { EagerRunner, type StepRunner } from '../../electron/engine/step-runner.ts';
import { tf, valuesOf } from '../../electron/engine/tensorflow.ts';
import { normal, randomFrom } from '../random.ts';
import {
  dense,
  distance,
  modelSpec,
  noiseImages,
  onNetwork,
  reconstructionOf,
  setWeights,
  weightsByName,
} from './samples.ts';

type Matrix = number[][];

const spec: PretrainingSpec = { kind: 'rbm', epochs: 1, learningRate: 0.1, batchSize: 6, weightDecay: 0.01 };
const stacked: ModelSpec = modelSpec({
  encoder: [dense(5), dense(4)],
  code: { size: 3, activation: 'linear', variational: false },
});
const images = noiseImages(6, stacked.inputShape);
const seed = [7, 3] as const;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const transposed = (a: Matrix): Matrix => (a[0] ?? []).map((_, column) => a.map((row) => row[column]!));
const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => transposed(b).map((column) => row.reduce((sum, value, index) => sum + value * column[index]!, 0)));
const plus = (a: Matrix, row: readonly number[]): Matrix =>
  a.map((values) => values.map((value, at) => value + row[at]!));
const each = (a: Matrix, f: (value: number, row: number, column: number) => number): Matrix =>
  a.map((values, row) => values.map((value, column) => f(value, row, column)));
const columnSums = (a: Matrix): number[] =>
  transposed(a).map((column) => column.reduce((sum, value) => sum + value, 0));
const rows = (values: ArrayLike<number>, width: number): Matrix =>
  Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (_, at) => values[row * width + at]!),
  );

/** Every weight at random, so that no bias is zero. */
function randomise(network: Network): Record<string, Float32Array> {
  const random = randomFrom(5);
  const values = network.weights.map(
    ({ name, variable }) => [name, Float32Array.from({ length: variable.size }, () => 0.5 * normal(random))] as const,
  );
  setWeights(network, Object.fromEntries(values));
  return weightsByName(network);
}

/** The draws of a step, [rows, width], as rows. */
function draws(kind: 'uniform' | 'normal', width: number): Matrix {
  const draw = kind === 'uniform' ? statelessUniform : statelessNormal;
  return rows(
    valuesOf(() => draw([6, width], new NoiseStreams(tf.tensor1d([...seed], 'int32')).take())),
    width,
  );
}

/** CD-1 in plain double precision, written from rbm.m and rbmhidlinear.m; momentum 0.9 on increments `before`. */
function expectedUpdate(
  data: Matrix,
  w: Matrix,
  hiddenBiases: number[],
  visibleBiases: number[],
  gaussian: boolean,
  before: number,
) {
  const count = data.length;
  const means = (visible: Matrix): Matrix =>
    each(plus(product(visible, w), hiddenBiases), (value) => (gaussian ? value : sigmoid(value)));
  const hidden = means(data);
  const chance = draws(gaussian ? 'normal' : 'uniform', hiddenBiases.length);
  const states = each(hidden, (value, row, column) => {
    const draw = chance[row]![column]!;
    return gaussian ? value + draw : Number(value > draw);
  });
  const visible = each(plus(product(states, transposed(w)), visibleBiases), sigmoid);
  const again = means(visible);
  const rate = gaussian ? 0.001 : 0.1;
  const positive = product(transposed(data), hidden);
  const negative = product(transposed(visible), again);
  const moved = (now: number, direction: number): number => now + 0.9 * before + rate * direction;
  const [hiddenSum, hiddenAgain, dataSum, visibleSum] = [hidden, again, data, visible].map(columnSums) as Matrix;
  return {
    kernel: each(w, (now, i, j) => moved(now, (positive[i]![j]! - negative[i]![j]!) / count - 0.01 * now)).flat(),
    hidden: hiddenBiases.map((now, j) => moved(now, (hiddenSum![j]! - hiddenAgain![j]!) / count)),
    visible: visibleBiases.map((now, i) => moved(now, (dataSum![i]! - visibleSum![i]!) / count)),
    cost:
      each(data, (value, i, j) => (value - visible[i]![j]!) ** 2)
        .flat()
        .reduce((sum, value) => sum + value, 0) / count,
  };
}

/** One step of a machine with momentum 0.9 and increments of 0.02, eagerly. */
function updated(network: Network, index: number): number {
  const step = makeMachineStep(machinesOf(network)[index]!, spec);
  for (const { name, variable } of step.variables) {
    if (name === MOMENTUM) tf.tidy(() => variable.assign(tf.scalar(0.9)));
    if (name.endsWith('/slot-1')) tf.tidy(() => variable.assign(tf.fill(variable.shape, 0.02)));
  }
  const runner = new EagerRunner(step, images, seed[0]);
  const indices = Int32Array.from({ length: 6 }, (_, at) => at);
  const [cost] = runner.run({
    indices,
    batchSize: 6,
    learningRates: Float32Array.of(0.1),
    betas: Float32Array.of(0),
    firstStep: seed[1],
  });
  runner.dispose();
  return cost!;
}

describe('one update of a machine', () => {
  test.each([
    [0, 'logistic units on pixels', 'encoder-1', 'output', false],
    [1, 'logistic units on probabilities', 'encoder-2', 'decoder-2', false],
    [2, 'a linear code, a hundred times slower', 'code', 'decoder-1', true],
  ])('machine %i, %s: is CD-1 worked out by hand', (index, _, layer, giving, gaussian) =>
    onNetwork(stacked, (network) => {
      const before = randomise(network);
      const below = [...network.encoderLayers, ...network.codeLayers];
      const at = below.findIndex(({ name }) => name === layer);
      const data = valuesOf(() => forwardInference(below.slice(0, at), imageTensor(images)));
      const hiddenBiases = [...before[`${layer}/bias`]!];
      const expected = expectedUpdate(
        rows(data, data.length / 6),
        rows(before[`${layer}/kernel`]!, hiddenBiases.length),
        hiddenBiases,
        [...before[`${giving}/bias`]!],
        gaussian,
        0.02,
      );

      expect(updated(network, index)).toBeCloseTo(expected.cost, 5);
      const after = weightsByName(network);
      const changed = {
        [`${layer}/kernel`]: expected.kernel,
        [`${layer}/bias`]: expected.hidden,
        [`${giving}/bias`]: expected.visible,
      };
      for (const [name, values] of Object.entries(after)) {
        if (name in changed) {
          expect(distance(values, changed[name]!)).toBeLessThan(1e-6);
          expect(distance(values, before[name]!)).toBeGreaterThan(1e-4);
        } else expect(values).toEqual(before[name]);
      }
    }),
  );

  test('compiled, many updates go where the single ones go', () =>
    onNetwork(stacked, async (network) => {
      const start = randomise(network);
      const ends: Record<string, Float32Array>[] = [];
      for (const kinds of [[], ['graph-loop'], ['graph-loop']] as const) {
        setWeights(network, start);
        const step = makeMachineStep(machinesOf(network)[1]!, spec);
        const runner = await firstThatWorks(kinds, {
          step,
          images,
          seed: 1,
          batchSize: 3,
          stepsPerCall: 4,
          lastBatchSize: 0,
        });
        expect(runner.path.kind).toBe(kinds[0] ?? 'eager');
        runFrom(runner, 0, 4);
        runner.pull();
        runner.dispose();
        ends.push(weightsByName(network));
      }
      const [eager, compiled, again] = ends as [Record<string, Float32Array>, Record<string, Float32Array>, unknown];
      expect(compiled).toEqual(again);
      expect(distance(compiled['encoder-2/kernel']!, start['encoder-2/kernel']!)).toBeGreaterThan(1e-3);
      for (const [name, values] of Object.entries(eager)) expect(distance(compiled[name]!, values)).toBeLessThan(1e-5);
    }));
});

describe('a machine that learns', () => {
  /** Half of the images are bright above, half below, and all have a few wrong pixels. */
  const patterns = noiseImages(40, stacked.inputShape);
  patterns.pixels.forEach((value, at) => {
    const isAbove = at % 12 < 6;
    const isBright = Math.floor(at / 12) % 2 === 0 ? isAbove : !isAbove;
    patterns.pixels[at] = value < 13 ? 255 - 255 * Number(isBright) : 255 * Number(isBright);
  });

  test('reconstructs better, and gives the data less free energy than noise has', () =>
    onNetwork(stacked, (network) => {
      const machine = machinesOf(network)[0]!;
      initialMachine(machine, 0, 1);
      const gap = (): number =>
        meanFreeEnergy(weightsByName(network), imageRows(noiseImages(40, stacked.inputShape, 9))) -
        meanFreeEnergy(weightsByName(network), imageRows(patterns));
      const before = gap();
      const runner = new EagerRunner(makeMachineStep(machine, { ...spec, weightDecay: 0.0002 }), patterns, 1);
      const costs = runFrom(runner, 0, 200, 20);
      runner.dispose();
      expect(costs.at(-1)).toBeLessThan(0.4 * costs[0]!);
      expect(gap()).toBeGreaterThan(before + 2);
    }));

  const imageRows = (set: typeof patterns): Matrix =>
    rows(
      valuesOf(() => imageTensor(set)),
      12,
    );
});

describe('the unrolled network', () => {
  test('is the machines’ mean field, up and down again', () =>
    onNetwork(stacked, (network) => {
      randomise(network);
      const machines = machinesOf(network);
      unroll(machines);
      const reconstruction = valuesOf(() => {
        const up = machines.reduce(
          (units, { connections, hiddenBiases, gaussian }) => {
            const input = tf.add(
              tf.matMul(units, connections.variable as unknown as tf.Tensor2D),
              hiddenBiases.variable,
            );
            return (gaussian ? input : tf.sigmoid(input)) as tf.Tensor2D;
          },
          tf.reshape(imageTensor(images), [6, 12]) as tf.Tensor2D,
        );
        return [...machines].reverse().reduce((units, { connections, visibleBiases }) => {
          const input = tf.matMul(units, connections.variable as unknown as tf.Tensor2D, false, true);
          return tf.sigmoid(tf.add(input, visibleBiases.variable)) as tf.Tensor2D;
        }, up);
      });
      expect(distance(reconstructionOf(network, images), reconstruction)).toBeLessThan(1e-6);
    }));

  test('begins each machine from N(0, 0.1²), another one for another seed', () =>
    onNetwork({ ...stacked, encoder: [dense(400), dense(4)] }, (network) => {
      const [machine] = machinesOf(network);
      const kernel = (): Float32Array => weightsByName(network)['encoder-1/kernel']!;
      initialMachine(machine!, 0, 1);
      const first = kernel();
      const variance = first.reduce((sum, value) => sum + value ** 2, 0) / first.length;
      expect(Math.sqrt(variance)).toBeCloseTo(0.1, 2);
      expect(
        [...weightsByName(network)['output/bias']!, ...weightsByName(network)['encoder-1/bias']!].every((b) => b === 0),
      ).toBe(true);
      initialMachine(machine!, 0, 2);
      expect(distance(kernel(), first)).toBeGreaterThan(1);
    }));
});

/** Steps on consecutive batches of the machine's images, over and over. */
function runFrom(runner: StepRunner, firstStep: number, steps: number, batchSize = 3): number[] {
  const indices = Int32Array.from({ length: steps * batchSize }, (_, at) => at % (2 * batchSize));
  const learningRates = new Float32Array(steps).fill(0.1);
  return [...runner.run({ indices, batchSize, learningRates, betas: new Float32Array(steps), firstStep })];
}

/** F(v) = -b·v - Σ log(1 + exp(c + W v)), over the first machine (Hinton 2010, A practical guide, eq. 25). */
function meanFreeEnergy(weights: Record<string, Float32Array>, visible: Matrix): number {
  const hiddenBiases = [...weights['encoder-1/bias']!];
  const inputs = plus(product(visible, rows(weights['encoder-1/kernel']!, hiddenBiases.length)), hiddenBiases);
  const energies = visible.map((row, at) => {
    const biases = row.reduce((sum, value, i) => sum + value * weights['output/bias']![i]!, 0);
    return -biases - inputs[at]!.reduce((sum, input) => sum + Math.log1p(Math.exp(input)), 0);
  });
  return energies.reduce((sum, energy) => sum + energy, 0) / energies.length;
}
