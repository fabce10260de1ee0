import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { CompiledInference } from '../../electron/engine/graph/compiled-inference.ts';
import { GraphSession } from '../../electron/engine/graph/session.ts';
import { encodeImages, reconstructionErrors } from '../../electron/engine/inference.ts';
import { buildNetwork } from '../../electron/engine/network.ts';
import { distance } from './distance.ts';
import { convolutional, gelu, small, variational } from './graph-cases.ts';
import { expectNoLeak } from './no-leak.ts';
import { breathe, conv, noiseImages, pool } from './samples.ts';

const SEED = 11;

afterEach(() => void vi.restoreAllMocks());

describe('compiled inference', () => {
  const tied: ModelSpec = { ...small, encoder: [gelu(12, { batchNorm: true })], tiedWeights: true };
  const pooled: ModelSpec = { ...small, encoder: [conv(3, 3, 1), pool('average', 2)] };

  it.each(Object.entries({ dense: small, convolutional, variational, tied, pooled }))(
    '%s: codes and errors are those of the eager models',
    async (_name, model) => {
      const images = noiseImages(2_345, model.inputShape);
      await expectNoLeak(async () => {
        const network = buildNetwork(model, SEED);
        const inference = await CompiledInference.compile(network);
        const pairs = [
          [await inference.encode(images, breathe), await encodeImages(network, images, breathe)],
          [await inference.errors(images, breathe), await reconstructionErrors(network, images, breathe)],
        ] as const;
        for (const [compiled, eager] of pairs) {
          expect(compiled).toHaveLength(eager.length);
          expect(distance(eager, compiled)).toBeLessThan(1e-6);
        }
        inference.dispose();
        network.dispose();
      });
    },
  );

  it('refuses images of another shape, of as many pixels too', async () => {
    const network = buildNetwork(small, SEED);
    const inference = await CompiledInference.compile(network);
    const turned = noiseImages(5, [5, 7, 1]);
    const message = 'The model takes images of 7 × 5 × 1, found 5 × 7 × 1.';
    await expect(inference.encode(turned, breathe)).rejects.toThrow(message);
    await expect(inference.errors(turned, breathe)).rejects.toThrow(message);
    inference.dispose();
    network.dispose();
  });

  it('sees new weights after refresh, the old ones before', async () => {
    const images = noiseImages(5, small.inputShape);
    const network = buildNetwork(small, SEED);
    const inference = await CompiledInference.compile(network);
    const before = await inference.encode(images, breathe);
    const kernel = network.weights[0]!.variable;
    kernel.assign(kernel.zerosLike());
    expect(await inference.encode(images, breathe)).toEqual(before);
    const run = vi.spyOn(GraphSession.prototype, 'run');
    inference.refresh();
    expect(run).toHaveBeenCalledTimes(1);
    // They are there already.
    inference.refresh();
    expect(run).toHaveBeenCalledTimes(1);
    expect(await inference.encode(images, breathe)).not.toEqual(before);
    inference.dispose();
    network.dispose();
  });
});
