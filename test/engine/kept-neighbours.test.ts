import { describe, expect, it } from 'vitest';
import { modelSpec, noiseImages, onNetwork, setWeights, trainEagerly, trainingSpec } from './samples.ts';

/** A model that answers 0.5 everywhere, with the code 0.5, whatever it sees. */
const idle = modelSpec({ inputShape: [7, 5, 1] });
const neighbours = { weight: 0.25, count: 2, radius: 0.5 };

describe('a step that keeps neighbours', () => {
  it('asks the decoder for the first half of its images, as they are, and counts what all codes being alike costs', () =>
    onNetwork(idle, (network) => {
      const nothing = network.weights.map(({ name, variable }) => [name, new Float32Array(variable.size)] as const);
      const images = noiseImages(6, idle.inputShape);
      const half = images.pixels.subarray(0, images.pixels.length / 2);
      const mse = half.reduce((sum, pixel) => sum + (pixel / 255 - 0.5) ** 2, 0) / half.length;
      for (const shiftPixels of [0, 2]) {
        setWeights(network, Object.fromEntries(nothing));
        const training = trainingSpec({
          regularisers: { codeL1: 0, contractive: 0, neighbours },
          augmentation: { shiftPixels, flip: false },
        });
        // Each of the three pairs among five other codes.
        expect(trainEagerly(network, training, images, [0]).costs[0]).toBeCloseTo(mse + 0.25 * Math.log(5), 6);
      }
    }));
});
