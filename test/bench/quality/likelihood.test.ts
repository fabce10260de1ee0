import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import type { ImageColumns } from '../../../electron/domain/words.ts';
import { tf, valuesOf } from '../../../electron/engine/tensorflow.ts';
import { dense, modelSpec, onNetwork, setWeights } from '../../engine/samples.ts';
import { normal, randomFrom } from '../../random.ts';
import { fitPrior, logDensity, type FittedPrior } from './fitted-prior.ts';
import { likelihoodFigures } from './likelihood.ts';

describe('the likelihood of a variational model', () => {
  const spec = modelSpec({
    inputShape: [2, 2, 1],
    encoder: [dense(3)],
    code: { size: 1, activation: 'linear', variational: true },
  });
  /** A quarter of the codes about -1, with deviation 1; the others about 0.3, with 0.9. */
  const twoHills: FittedPrior = {
    size: 1,
    shares: [0.25, 0.75],
    means: [Float32Array.of(-1), Float32Array.of(0.3)],
    roots: [new Matrix([[1]]), new Matrix([[0.9]])],
  };
  /** Pixels that are certain, so that their binarisation is themselves. */
  const images: ImageColumns = {
    count: 3,
    height: 2,
    width: 2,
    channels: 1,
    pixels: Uint8Array.of(255, 0, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0),
  };

  it('is that of the integral over the code, and never better than the bound', () =>
    onNetwork(spec, async (network) => {
      const random = randomFrom(3);
      setWeights(
        network,
        Object.fromEntries(
          network.weights.map(({ name, variable }) => [
            name,
            Float32Array.from({ length: variable.size }, () => 0.7 * normal(random)),
          ]),
        ),
      );
      const standard = (z: number): number => Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);
      const figures = await likelihoodFigures(network, images, { samples: 20_000, prior: twoHills });
      expect(figures.negativeLogLikelihood).toBeCloseTo(integrated(network.weights, images, standard), 2);
      expect(figures.negativeElbo).toBeGreaterThan(figures.negativeLogLikelihood);
      const hills = (z: number): number => 0.25 * standard(z + 1) + (0.75 * standard((z - 0.3) / 0.9)) / 0.9;
      expect(figures.fittedNegativeLogLikelihood).toBeCloseTo(integrated(network.weights, images, hills), 2);
      expect(figures.fittedNegativeElbo).toBeGreaterThan(figures.fittedNegativeLogLikelihood!);
      const alone = await likelihoodFigures(network, images, { samples: 20_000 });
      expect(Object.keys(alone)).toEqual(['negativeElbo', 'negativeLogLikelihood']);
    }));

  it('fits a prior to the codes of posteriors: where they lie, how far they spread, and how they go together', async () => {
    const random = randomFrom(5);
    // A third at (-3, 0), two thirds at (2, 1): the second group's numbers go together; each posterior adds 0.25 to their variances.
    const rows = Array.from({ length: 6_000 }, (_, row): readonly [number, number] => {
      const [a, b] = [normal(random), normal(random)];
      return row % 3 === 0 ? [-3 + 0.5 * a, 0.5 * b] : [2 + a, 1 + 0.8 * a + 0.6 * b];
    });
    const posteriors = {
      mean: Float32Array.from(rows.flat()),
      logVariance: new Float32Array(2 * rows.length).fill(Math.log(0.25)),
    };
    const prior = await fitPrior(posteriors, 2, 2);
    const densityAt = (x: number, y: number): number =>
      Math.log(
        ((1 / 3) * Math.exp(-((x + 3) ** 2 + y ** 2) / (2 * 0.5))) / 0.5 +
          (2 / 3) *
            (Math.exp(
              -(1.25 * (x - 2) ** 2 - 1.6 * (x - 2) * (y - 1) + 1.25 * (y - 1) ** 2) / (2 * (1.25 ** 2 - 0.8 ** 2)),
            ) /
              Math.sqrt(1.25 ** 2 - 0.8 ** 2)),
      );
    const places = [-3, 0, 2, 1, 3, 1.8, 1, 2] as const;
    const found = valuesOf(() => logDensity(prior, tf.tensor2d([...places], [4, 2])));
    [0, 1, 2, 3].forEach((row) => {
      expect(Math.abs(found[row]! - densityAt(places[2 * row]!, places[2 * row + 1]!)), `place ${row}`).toBeLessThan(
        0.12,
      );
    });
    expect(prior.shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 6);
  });

  it('is given the label, where the code has classes: with a decoder that sees nothing else, that of its pixels', () =>
    onNetwork(
      { ...spec, encoder: [], code: { size: 3, activation: 'linear', variational: true, classes: 2 } },
      async (network) => {
        const given = Object.fromEntries(
          network.weights.map(({ name, variable }) => [name, new Float32Array(variable.size)]),
        );
        // Of class 0 every pixel is on with probability σ(1), of class 1 with σ(-1).
        given['output/kernel'] = Float32Array.of(0, 0, 0, 0, 1, 1, 1, 1, -1, -1, -1, -1);
        setWeights(network, given);
        const labels = Uint8Array.of(0, 1, 0);
        const { negativeElbo, negativeLogLikelihood } = await likelihoodFigures(network, images, {
          samples: 50,
          labels,
        });
        const nats = Array.from(labels, (label, row) =>
          [0, 1, 2, 3].reduce((sum, pixel) => {
            const isLikely = (images.pixels[row * 4 + pixel] === 255) === (label === 0);
            return sum + Math.log1p(Math.exp(isLikely ? -1 : 1));
          }, 0),
        );
        const mean = nats.reduce((sum, each) => sum + each, 0) / nats.length;
        expect(negativeLogLikelihood).toBeCloseTo(mean, 4);
        expect(negativeElbo).toBeCloseTo(mean, 4);
      },
    ));

  /** −log ∫ p(x|z) p(z) dz by sums over a fine grid, for a code of one number and a decoder 1-3-4, all sigmoid. */
  function integrated(
    weights: readonly { name: string; variable: { dataSync(): unknown } }[],
    set: ImageColumns,
    prior: (z: number) => number,
  ): number {
    const of = (name: string): Float32Array =>
      weights.find((weight) => weight.name === name)?.variable.dataSync() as Float32Array;
    const [w1, b1, w2, b2] = ['decoder-1/kernel', 'decoder-1/bias', 'output/kernel', 'output/bias'].map(of);
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    let total = 0;
    for (let row = 0; row < set.count; row += 1) {
      let integral = 0;
      for (let z = -8; z <= 8; z += 0.005) {
        const hidden = [0, 1, 2].map((unit) => sigmoid(z * w1![unit]! + b1![unit]!));
        const likelihood = [0, 1, 2, 3].reduce((product, pixel) => {
          const on = sigmoid(hidden.reduce((sum, h, unit) => sum + h * w2![unit * 4 + pixel]!, b2![pixel]!));
          return product * (set.pixels[row * 4 + pixel] === 255 ? on : 1 - on);
        }, 1);
        integral += 0.005 * likelihood * prior(z);
      }
      total -= Math.log(integral);
    }
    return total / set.count;
  }
});
