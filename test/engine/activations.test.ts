import { describe, expect, test } from 'vitest';
import { plainActivations, type PlainActivation } from '../../electron/domain/layer-spec.ts';
import { tf, valuesOf } from '../../electron/engine/tensorflow.ts';
import {
  dense,
  distance,
  modelSpec,
  noiseImages,
  onNetwork,
  setWeights,
  trainEagerly,
  trainingSpec,
  weightsByName,
} from './samples.ts';

/** The normal distribution's function, by Simpson's rule: nothing here is taken from TensorFlow. */
function normalBelow(x: number): number {
  const steps = 2_000;
  const width = x / steps;
  const density = (t: number): number => Math.exp(-(t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let step = 1; step < steps; step += 1) sum += (step % 2 === 1 ? 4 : 2) * density(step * width);
  return 0.5 + (sum * width) / 3;
}

const formulas: Readonly<Record<PlainActivation, (x: number) => number>> = {
  linear: (x) => x,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: (x) => Math.tanh(x),
  relu: (x) => Math.max(0, x),
  'leaky-relu': (x) => (x < 0 ? 0.2 * x : x),
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
  gelu: (x) => x * normalBelow(x),
  softplus: (x) => Math.log1p(Math.exp(x)),
  silu: (x) => x / (1 + Math.exp(-x)),
  // Klambauer et al. 2017, §2.
  selu: (x) => 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x),
  clip: (x) => Math.min(Math.max(x, 0), 1),
  'gelu-tanh': (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  'hard-silu': (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  softsign: (x) => x / (1 + Math.abs(x)),
};

type Rows = readonly (readonly number[])[];

/** A dense layer in float64. */
function layer(rows: Rows, kernel: ArrayLike<number>, bias: ArrayLike<number>, f: (x: number) => number): number[][] {
  return rows.map((row) =>
    Array.from(bias, (start, unit) =>
      f(row.reduce((sum, value, index) => sum + value * kernel[index * bias.length + unit]!, start)),
    ),
  );
}

/** The cost of a 6-4-2-4-6 network with one activation inside and a linear output. */
function cost(weights: Readonly<Record<string, ArrayLike<number>>>, images: Rows, f: (x: number) => number): number {
  let rows = images;
  for (const name of ['encoder-1', 'code', 'decoder-1', 'output']) {
    rows = layer(rows, weights[`${name}/kernel`]!, weights[`${name}/bias`]!, name === 'output' ? formulas.linear : f);
  }
  const errors = rows.flatMap((row, index) => row.map((value, place) => (value - images[index]![place]!) ** 2));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

function numericGradient(
  weights: Readonly<Record<string, Float32Array>>,
  name: string,
  images: Rows,
  f: (x: number) => number,
): number[] {
  const step = 1e-5;
  const changed = Float64Array.from(weights[name]!);
  return Array.from(changed, (value, index) => {
    const at = (moved: number): number => {
      changed[index] = moved;
      return cost({ ...weights, [name]: changed }, images, f);
    };
    const slope = (at(value + step) - at(value - step)) / (2 * step);
    changed[index] = value;
    return slope;
  });
}

const oneLinear = { size: 1, activation: 'linear', variational: false } as const;

describe.each(plainActivations)('%s', (activation) => {
  const spec = modelSpec({
    inputShape: [2, 3, 1],
    encoder: [dense(4, { activation })],
    code: { size: 2, activation, variational: false },
    outputActivation: 'linear',
  });

  test('is its formula, on both sides of zero', () =>
    onNetwork({ ...spec, inputShape: [1, 1, 1], encoder: [dense(1, { activation })], code: oneLinear }, (network) => {
      setWeights(network, { 'encoder-1/kernel': [1], 'encoder-1/bias': [0], 'code/kernel': [1], 'code/bias': [0] });
      const inputs = [-12, -3, -1, -0.5, -1e-3, 0, 1e-3, 0.5, 1, 3, 12];
      const outputs = valuesOf(
        () => network.encoder.predict(tf.tensor4d(inputs, [inputs.length, 1, 1, 1])) as tf.Tensor,
      );
      inputs.forEach((input, index) =>
        expect(outputs[index], `at ${input}`).toBeCloseTo(formulas[activation](input), 6),
      );
    }));

  test('has the gradients of finite differences', () =>
    onNetwork(spec, (network) => {
      const before = weightsByName(network);
      const images = noiseImages(5, [2, 3, 1]);
      const rows = Array.from({ length: 5 }, (_, row) =>
        Array.from(images.pixels.subarray(row * 6, row * 6 + 6), (pixel) => pixel / 255),
      );
      const f = formulas[activation];
      const { costs, weights } = trainEagerly(network, trainingSpec(), images, [100]);
      expect(costs[0]! / cost(before, rows, f)).toBeCloseTo(1, 5);
      for (const { name } of network.weights) {
        const gradient = before[name]!.map((value, index) => (value - weights[name]![index]!) / 100);
        expect(distance(gradient, numericGradient(before, name, rows, f)), name).toBeLessThan(2e-5);
      }
    }));
});
