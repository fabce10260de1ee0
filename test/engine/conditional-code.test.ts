import { describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { conditionalOf, logVarianceOf, meansOf, type Network } from '../../electron/engine/network.ts';
import { codeNats } from '../../electron/engine/health.ts';
import { CompiledRunner } from '../../electron/engine/graph/compiled-runner.ts';
import { forwardInference } from '../../electron/engine/forward.ts';
import { imageTensor } from '../../electron/engine/images.ts';
import { makeTrainingStep } from '../../electron/engine/step.ts';
import { EagerRunner } from '../../electron/engine/step-runner.ts';
import { tf, valuesOf } from '../../electron/engine/tensorflow.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { distance, modelSpec, noiseImages, onNetwork, setWeights, trainingSpec, weightsByName } from './samples.ts';

const CLASSES = 3;
const STYLE = 2;
const PIXELS = 12;
const spec: ModelSpec = modelSpec({
  encoder: [],
  code: { size: STYLE + CLASSES, activation: 'linear', variational: true, classes: CLASSES },
  initialiser: 'lecun-normal',
});
const images = noiseImages(4, spec.inputShape);
const labels = Uint8Array.of(2, 0, 1, 2);

/** Rows times a kernel [rows, units], and biases. */
function dense(x: readonly number[], weights: Record<string, Float32Array>, name: string): number[] {
  const bias = weights[`${name}/bias`]!;
  const kernel = weights[`${name}/kernel`]!;
  return Array.from(bias, (own, unit) =>
    x.reduce((sum, value, at) => sum + value * kernel[at * bias.length + unit]!, own),
  );
}

function softmax(logits: readonly number[]): number[] {
  const sum = logits.reduce((all, each) => all + Math.exp(each), 0);
  return logits.map((each) => Math.exp(each) / sum);
}

const pixelsOf = ({ pixels }: ImageColumns, index: number): number[] =>
  [...pixels.subarray(index * PIXELS, (index + 1) * PIXELS)].map((byte) => byte / 255);
const oneHot = (label: number): number[] => Array.from({ length: CLASSES }, (_, index) => Number(index === label));

/** Biases too, so that none can be forgotten. */
function drawn(network: Network): Record<string, Float32Array> {
  const biases = network.weights.filter(({ name }) => name.endsWith('/bias'));
  setWeights(
    network,
    Object.fromEntries(
      biases.map(({ name, variable }, place) => [
        name,
        Array.from({ length: variable.size }, (_, at) => Math.sin(3 * place + at)),
      ]),
    ),
  );
  return weightsByName(network);
}

describe('a code with classes, by plain sums', () => {
  it('reads the classes, then a style from image and classes; its spread sees both too', () =>
    onNetwork(spec, (network) => {
      const weights = drawn(network);
      const spread = Array.from({ length: images.count }, (_, index) => {
        const x = pixelsOf(images, index);
        return dense([...x, ...softmax(dense(x, weights, 'code-classes'))], weights, 'code-log-variance');
      });
      const expected = Array.from({ length: images.count }, (_, index) => {
        const x = pixelsOf(images, index);
        const classes = softmax(dense(x, weights, 'code-classes'));
        return [...dense([...x, ...classes], weights, 'code'), ...classes];
      });
      const encoded = valuesOf(() => network.encoder.predict(imageTensor(images)) as tf.Tensor);
      expect(distance(encoded, expected.flat())).toBeLessThan(1e-6);
      const layered = valuesOf(() =>
        forwardInference([...network.encoderLayers, ...network.codeLayers], imageTensor(images)),
      );
      expect(distance(layered, expected.flat())).toBeLessThan(1e-6);
      const features = (): tf.Tensor => forwardInference(network.encoderLayers, imageTensor(images));
      expect(
        distance(
          valuesOf(() => logVarianceOf(network, features())!),
          spread.flat(),
        ),
      ).toBeLessThan(1e-6);
      const nats = codeNats(network, images)!;
      expect(nats).toHaveLength(STYLE);
      const means = valuesOf(() => meansOf(network, tf.tensor2d(expected)));
      expect(
        distance(
          means,
          expected.flatMap((code) => code.slice(0, STYLE)),
        ),
      ).toBeLessThan(1e-6);
    }));

  it('costs, in a step, the reconstruction by the label, the divergence of the style, and the classes missed', () =>
    onNetwork(spec, (network) => {
      // As good as no spread: what is drawn is the mean.
      const logVariance = -40;
      drawn(network);
      setWeights(network, {
        'code-log-variance/kernel': new Float32Array((PIXELS + CLASSES) * STYLE),
        'code-log-variance/bias': [logVariance, logVariance],
      });
      const weights = weightsByName(network);
      const [beta, classWeight] = [0.7, 4];
      const costs = Array.from(labels, (label, index) => {
        const x = pixelsOf(images, index);
        const z = dense([...x, ...oneHot(label)], weights, 'code');
        const made = dense([...z, ...oneHot(label)], weights, 'output').map((value) => 1 / (1 + Math.exp(-value)));
        const nats = x.reduce((sum, p, at) => sum - p * Math.log(made[at]!) - (1 - p) * Math.log(1 - made[at]!), 0);
        const divergence = z.reduce((sum, mean) => sum + (mean ** 2 + Math.exp(logVariance) - 1 - logVariance) / 2, 0);
        const missed = -Math.log(softmax(dense(x, weights, 'code-classes'))[label]!);
        return nats + beta * divergence + classWeight * missed;
      });
      const step = makeTrainingStep(network, trainingSpec({ loss: 'bce', classWeight }));
      const runner = new EagerRunner(step, images, 1, undefined, labels);
      const call = {
        indices: Int32Array.of(0, 1, 2, 3),
        batchSize: 4,
        learningRates: Float32Array.of(0),
        betas: Float32Array.of(beta),
        firstStep: 0,
      };
      const [cost] = runner.run(call);
      const mean = costs.reduce((sum, each) => sum + each, 0) / costs.length;
      expect(Math.abs(cost! - mean) / mean).toBeLessThan(1e-6);
      const others = new EagerRunner(step, images, 1, undefined, Uint8Array.of(0, 1, 2, 0));
      expect(others.run(call)[0]).not.toBeCloseTo(mean, 2);
      const without = new EagerRunner(step, images, 1);
      expect(() => without.run(call)).toThrow('A step on a code with classes expected labels, found none.');
      runner.dispose();
    }));

  it('learns to read them, and to draw each', () =>
    onNetwork(spec, async (network) => {
      // Three classes of flat images: black, grey, white.
      const count = 30;
      const classOf = (index: number): number => index % CLASSES;
      const flat: ImageColumns = {
        ...images,
        count,
        pixels: Uint8Array.from({ length: count * PIXELS }, (_, at) => 127 * classOf(Math.floor(at / PIXELS))),
      };
      const adam = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;
      const step = makeTrainingStep(network, trainingSpec({ loss: 'bce', optimizer: adam }));
      const steps = 300;
      const runner = await CompiledRunner.compile({
        kind: 'graph-loop',
        step,
        images: flat,
        labels: Uint8Array.from({ length: count }, (_, at) => classOf(at)),
        seed: 1,
        batchSize: count,
        stepsPerCall: steps,
        lastBatchSize: 0,
      });
      runner.run({
        indices: Int32Array.from({ length: steps * count }, (_, at) => at % count),
        batchSize: count,
        learningRates: new Float32Array(steps).fill(0.05),
        betas: new Float32Array(steps).fill(1),
        firstStep: 0,
      });
      runner.pull();
      runner.dispose();
      const codes = valuesOf(() => network.encoder.predict(imageTensor(flat)) as tf.Tensor);
      for (let index = 0; index < CLASSES; index += 1) {
        expect(codes[index * spec.code.size + STYLE + index]).toBeGreaterThan(0.9);
        const made = valuesOf(() => network.decoder.predict(tf.tensor2d([[0, 0, ...oneHot(index)]])) as tf.Tensor);
        for (const pixel of made) expect(pixel).toBeCloseTo((127 * index) / 255, 1);
      }
      expect(conditionalOf(network)).toBeDefined();
    }));
});
