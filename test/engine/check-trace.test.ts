import { describe, expect, it } from 'vitest';
import { checkedTrace, type Traceable } from '../../electron/engine/graph/check-trace.ts';
import { CompiledRunner } from '../../electron/engine/graph/compiled-runner.ts';
import { buildNetwork } from '../../electron/engine/network.ts';
import { statelessNormal } from '../../electron/engine/native-ops.ts';
import { makeTrainingStep, type StepInputs } from '../../electron/engine/step.ts';
import { tf } from '../../electron/engine/tensorflow.ts';
import { expectNoLeak } from './no-leak.ts';
import { modelSpec, noiseImages, trainingSpec } from './samples.ts';
import { withCost } from './odd-steps.ts';

const refusal = (why: string): string => `The computation cannot be compiled: ${why}.`;
const frozen = (op: string): string =>
  refusal(`a constant used by op ${op} differs from one run to the next (JavaScript randomness or data)`);

describe('a computation traced twice', () => {
  const square = (x: tf.Tensor): Traceable => ({ inputs: [x], compute: () => [tf.add(tf.square(x), 3)] });

  it('is written down once where both runs are the same', () =>
    expectNoLeak(() => {
      const { nodes, constants, results } = checkedTrace([], (fill) => square(tf.tensor1d([fill, fill])));
      expect(nodes.map(({ op }) => op)).toEqual(['Square', 'Add']);
      expect(constants).toEqual([{ type: 1, shape: [], bytes: new Uint8Array(Float32Array.of(3).buffer) }]);
      expect(results).toEqual([{ from: 'node', index: 1, output: 0 }]);
    }));

  it('leaves out what no result needs', () =>
    expectNoLeak(() => {
      const { nodes, results } = checkedTrace([], (fill) => {
        const x = tf.scalar(fill);
        return {
          inputs: [x],
          compute: () => {
            tf.exp(x);
            return [tf.square(x)];
          },
        };
      });
      expect(nodes.map(({ op }) => op)).toEqual(['Square']);
      expect(results).toEqual([{ from: 'node', index: 0, output: 0 }]);
    }));

  it('says once what is computed twice, and apart what differs in a constant or a setting', () =>
    expectNoLeak(() => {
      const { nodes, results } = checkedTrace([], (fill) => {
        const x = tf.fill([2, 2], fill) as tf.Tensor2D;
        return {
          inputs: [x],
          compute: () => [
            tf.add(tf.exp(tf.mul(x, 2)), tf.exp(tf.mul(x, 2))),
            tf.mul(x, 2),
            tf.mul(x, 3),
            tf.matMul(x, x, true),
            tf.matMul(x, x, false, true),
          ],
        };
      });
      expect(nodes.map(({ op }) => op)).toEqual(['Mul', 'Exp', 'Add', 'Mul', 'BatchMatMulV2', 'BatchMatMulV2']);
      expect(results.map((result) => result.from === 'node' && result.index)).toEqual([2, 0, 3, 4, 5]);
    }));

  const odd: Readonly<Record<string, readonly [(x: tf.Tensor1D) => tf.Tensor, string]>> = {
    'noise drawn by JavaScript': [(x) => tf.add(x, tf.randomNormal([2])), frozen('0 (Add)')],
    'a number drawn by JavaScript': [(x) => tf.mul(x, Math.random()), frozen('0 (Mul)')],
    'data read from a tensor': [(x) => tf.sub(x, tf.tensor1d(x.dataSync() as Float32Array)), frozen('0 (Sub)')],
    'another op for other data': [
      (x) => (x.dataSync()[0]! > 0.3 ? tf.exp(x) : tf.square(x)),
      refusal('op 0 is Exp on one input and Square on another'),
    ],
    'more ops for other data': [
      (x) => (x.dataSync()[0]! > 0.3 ? tf.exp(x) : tf.exp(tf.exp(x))),
      refusal('it ran 1 ops on one input and 2 on another'),
    ],
    'another result for other data': [
      (x) => [tf.exp(x), tf.exp(x)][x.dataSync()[0]! > 0.3 ? 0 : 1]!,
      refusal('its results come from different ops'),
    ],
  };
  it.each(Object.entries(odd))('is refused with %s', (_name, [compute, message]) =>
    expectNoLeak(() => {
      const make = (fill: number): Traceable => {
        const x = tf.tensor1d([fill, fill]);
        return { inputs: [x], compute: () => [compute(x)] };
      };
      expect(() => checkedTrace([], make)).toThrow(message);
    }),
  );

  it('is refused with data read from a variable, which keeps its value', () =>
    expectNoLeak(() => {
      const weight = tf.tidy(() => tf.variable(tf.tensor1d([0.1, 0.7])));
      const make = (fill: number): Traceable => {
        const x = tf.tensor1d([fill, fill]);
        return { inputs: [x], compute: () => [tf.add(tf.mul(x, weight), weight.dataSync()[1]!)] };
      };
      expect(() => checkedTrace([weight], make)).toThrow(frozen('1 (Add)'));
      expect(weight.dataSync()).toEqual(Float32Array.of(0.1, 0.7));
      weight.dispose();
    }));
});

describe('a training step', () => {
  const planted: Readonly<Record<string, (inputs: StepInputs) => tf.Tensor>> = {
    'tf.randomNormal': ({ images }) => tf.mean(tf.add(images, tf.randomNormal(images.shape))),
    'Math.random': ({ images }) => tf.mean(tf.mul(images, Math.random())),
    'its images read by dataSync': ({ images }) => tf.mean(tf.tensor1d(images.dataSync() as Float32Array)),
    'its learning rate read by dataSync': ({ images, learningRate }) =>
      tf.mean(tf.mul(images, learningRate.dataSync()[0]!)),
  };
  const compile = (extra: (inputs: StepInputs) => tf.Tensor): Promise<void> =>
    expectNoLeak(async () => {
      const network = buildNetwork(modelSpec(), 1);
      const step = withCost(makeTrainingStep(network, trainingSpec()), extra);
      const images = noiseImages(4, [4, 3, 1]);
      const options = { step, images, seed: 1, batchSize: 4, stepsPerCall: 2, lastBatchSize: 0 };
      try {
        (await CompiledRunner.compile({ ...options, kind: 'graph-loop' })).dispose();
      } finally {
        step.dispose();
        network.dispose();
      }
    });

  it.each(Object.entries(planted))('with %s is refused', async (_name, extra) => {
    await expect(compile(extra)).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringMatching(
        /^The computation cannot be compiled: a constant used by op \d+ \(\w+\) differs from one run to the next \(JavaScript randomness or data\)\.$/,
      ) as string,
    });
  });

  it('with noise from its own seed is taken', () => compile(({ seed }) => tf.mean(statelessNormal([8], seed))));
});
