import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { StudioError } from '../../../../../electron/domain/errors.ts';
import type { ModelSpec } from '../../../../../electron/domain/experiment.ts';
import { codebookOf, indicesIn, uniformCodes, withVector } from '../../../../../renderer/maths/codebook.ts';
import { details, opened, pictures } from './decoder-samples.ts';

/** Two places, one above the other, and three vectors of two numbers. */
const spec: ModelSpec = {
  ...details.spec,
  inputShape: [2, 1, 1],
  encoder: [],
  code: { size: 4, activation: 'linear', variational: false, map: { channels: 2, kernel: 1 }, codebook: 3 },
};
const vectors = Float32Array.of(1, 1, 2, 0, 9, 0);
const codebook = { vectors, channels: 2 };

async function withCodebook(hasImageSet = true) {
  const all = await opened((host) => {
    host.answers['model:open'] = () => ({ ...details, spec, hasImageSet, codebook: vectors });
    if (!hasImageSet) delete host.answers['model:points'];
    host.answers['model:codebook'] = () => ({ uses: Uint32Array.of(10, 0, 30) });
    // A picture of a code is ten times its first vector's number and its second's.
    host.answers['model:decode'] = ({ codes }) =>
      pictures(Array.from({ length: codes.length / 4 }, (_, at) => 10 * codes[4 * at]! + codes[4 * at + 2]!));
    host.answers['model:draw'] = ({ count, seed }) => ({ codes: new Float32Array(4 * count).fill(seed) });
  });
  return { ...all, tool: all.decoder.codebook! };
}

describe('codes of a codebook', () => {
  it('are told by indices, by the nearest where a code has no vector exactly', () => {
    expect([...indicesIn(codebook, Float32Array.of(9, 0, 1, 1, 2.2, 0.1))]).toEqual([2, 0, 1]);
    expect([...uniformCodes(codebook, [2, 1], 2)]).toEqual([9, 0, 9, 0, 2, 0, 2, 0]);
    const code = Float32Array.of(1, 1, 1, 1);
    expect([...withVector(codebook, code, 1, 2)]).toEqual([1, 1, 9, 0]);
    expect([...code]).toEqual([1, 1, 1, 1]);
    expect(codebookOf({ spec, codebook: vectors })).toEqual({ ...codebook, height: 2, width: 1, places: 2 });
    expect(codebookOf({ spec: details.spec })).toBeUndefined();
  });
});

describe('the vectors of a codebook', () => {
  it('are shown first, each drawn in all places, with their use, the most used first', async () => {
    const { decoder, tool } = await withCodebook();
    expect([decoder.tool, decoder.tools[0]!.id]).toEqual(['codebook', 'codebook']);
    tool.load();
    await vi.waitFor(() => expect(tool.images).toBeDefined());
    expect(tool.shown).toEqual([2, 0, 1]);
    expect([...tool.images!.pixels]).toEqual([99, 11, 22]);
    expect([0, 1, 2].map((index) => tool.shareOf(index))).toEqual([0.25, 0, 0.75]);
    expect([tool.used, tool.count]).toEqual([2, 3]);
  });

  it('are shown in their order without the image set', async () => {
    const { tool } = await withCodebook(false);
    tool.load();
    await vi.waitFor(() => expect(tool.images).toBeDefined());
    expect([tool.shown, tool.uses, tool.shareOf(0)]).toEqual([[0, 1, 2], undefined, undefined]);
  });

  it('say why they cannot be had, and are asked for again', async () => {
    const { tool, host } = await withCodebook();
    const uses = host.answers['model:codebook'];
    host.answers['model:codebook'] = () => {
      throw new StudioError('not-found', 'There is no image set.');
    };
    tool.load();
    await vi.waitFor(() => expect(tool.problem?.message).toBe('There is no image set.'));
    host.answers['model:codebook'] = uses!;
    tool.load();
    await vi.waitFor(() => expect(tool.images).toBeDefined());
    expect(tool.problem).toBeUndefined();
  });

  it('take the place of others in a picture at hand, which can be kept and put back', async () => {
    const { decoder, tool } = await withCodebook();
    expect(tool.indices).toBeUndefined();
    tool.put(1);
    expect(tool.code).toBeUndefined();
    decoder.pictures.keep('one', Float32Array.of(1, 1, 9, 0), pictures([19]));
    flushSync();
    expect([...tool.indices!]).toEqual([0, 2]);
    tool.place = 1;
    tool.put(1);
    flushSync();
    expect([tool.isMoved, ...tool.indices!]).toEqual([true, 0, 1]);
    tool.follow();
    await vi.waitFor(() => expect([...(tool.live.shown?.image.pixels ?? [])]).toEqual([12]));
    tool.reset();
    flushSync();
    expect([...tool.indices!]).toEqual([0, 2]);
    tool.put(0);
    tool.follow();
    await vi.waitFor(() => expect([...tool.live.shown!.image.pixels]).toEqual([11]));
    tool.keep();
    flushSync();
    expect(decoder.pictures.chosen).toMatchObject({ name: 'Other vectors', code: Float32Array.of(1, 1, 1, 1) });
    expect([tool.isMoved, ...tool.indices!]).toEqual([false, 0, 0]);
  });

  it('are what is generated: the host draws the codes, no density is fitted', async () => {
    const { decoder, host } = await withCodebook();
    decoder.generator.seed = '3';
    await decoder.generator.generate();
    expect(decoder.generator.problem).toBeUndefined();
    expect([...decoder.generator.made!.codes.subarray(0, 4)]).toEqual([3, 3, 3, 3]);
    expect(decoder.generator.made!.images.count).toBe(12);
    expect(host.asked).not.toContain('model:codes');
  });
});
