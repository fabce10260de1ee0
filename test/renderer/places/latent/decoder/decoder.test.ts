import { describe, expect, it, vi } from 'vitest';
import type { ModelSpec } from '../../../../../electron/domain/experiment.ts';
import { decoderOf } from '../../../../../renderer/places/latent/decoder/decoder.svelte.ts';
import { latentDrops } from '../../../../../renderer/places/latent/latent-drops.ts';
import { allArrived } from '../../../held-answers.ts';
import { details, emptyReconstructions, map, model, opened, pictures } from './decoder-samples.ts';

describe('the picture at the cursor', () => {
  it('is the decoded place of the plane', async () => {
    const { decoder } = await opened();
    decoder.point({ x: 7, y: 3 });
    await vi.waitFor(() => expect(decoder.live.shown?.image.pixels[0]).toBe(7));
    expect([...decoder.live.shown!.code]).toEqual([7, 3]);
  });

  it('asks for one at a time, then for the newest', async () => {
    const answers: (() => void)[] = [];
    const { decoder, decoded } = await opened((host) => {
      const decode = host.answers['model:decode']!;
      host.answers['model:decode'] = async (request) => {
        const answer = decode(request);
        await new Promise<void>((resolve) => answers.push(resolve));
        return answer;
      };
    });
    for (const x of [1, 2, 3, 4]) decoder.point({ x, y: 0 });
    expect(decoded).toEqual([[1, 0]]);
    answers.shift()!();
    await vi.waitFor(() =>
      expect(decoded).toEqual([
        [1, 0],
        [4, 0],
      ]),
    );
    answers.shift()!();
    await vi.waitFor(() => expect(decoder.live.shown?.subject.x).toBe(4));
  });

  it('is told from imagination by the training codes nearby', async () => {
    const { decoder } = await opened();
    await decoder.training.load(map);
    decoder.point({ x: 7, y: 7 });
    await vi.waitFor(() => expect(decoder.near).toBe(5));
    decoder.point({ x: 50, y: 7 });
    await vi.waitFor(() => expect(decoder.near).toBe(0));
  });

  it('on the line of a 1-D code is near by x alone', async () => {
    const line = { ...map, origin: Float32Array.of(0), axes: [Float32Array.of(1), Float32Array.of(0)] as const };
    const { decoder } = await opened((host) => {
      host.answers['model:points'] = () => line;
      host.answers['model:codes'] = () => ({ codes: Float32Array.of(0, 1, 2, 3), size: 1 });
      host.answers['model:decode'] = () => pictures([1]);
    });
    await decoder.training.load(line);
    decoder.point({ x: 2, y: 40 });
    await vi.waitFor(() => expect(decoder.live.shown).toBeDefined());
    expect([...decoder.live.shown!.code]).toEqual([2]);
    expect(decoder.near).toBe(1);
  });

  it('asks for the training codes again once the engine is back', async () => {
    const { decoder, host } = await opened();
    const codes = host.answers['model:codes']!;
    delete host.answers['model:codes'];
    await decoder.training.load(map);
    expect(decoder.training.problem?.message).toBe('No answer for model:codes.');
    host.answers['model:codes'] = codes;
    decoder.point({ x: 7, y: 7 });
    await vi.waitFor(() => expect(decoder.near).toBe(5));
    expect(decoder.training.problem).toBeUndefined();
  });

  it('refuses what is not finite, with words, and keeps the last picture', async () => {
    const { decoder, host } = await opened();
    decoder.point({ x: 5, y: 0 });
    await vi.waitFor(() => expect(decoder.live.shown).toBeDefined());
    const asked = host.asked.length;
    decoder.point({ x: Number.NaN, y: 0 });
    await vi.waitFor(() =>
      expect(decoder.live.problem?.message).toBe(
        'Expected a code of finite numbers, found NaN in unit 1: it cannot be decoded.',
      ),
    );
    expect(host.asked).toHaveLength(asked);
    expect(decoder.live.shown?.subject.x).toBe(5);
  });

  it('says so when the engine is lost, and goes on when it is back', async () => {
    const { decoder, host } = await opened();
    const decode = host.answers['model:decode']!;
    delete host.answers['model:decode'];
    decoder.point({ x: 5, y: 0 });
    await vi.waitFor(() => expect(decoder.live.problem?.message).toBe('No answer for model:decode.'));
    host.answers['model:decode'] = decode;
    decoder.point({ x: 6, y: 0 });
    await vi.waitFor(() => expect(decoder.live.shown?.subject.x).toBe(6));
    expect(decoder.live.problem).toBeUndefined();
  });
});

describe('pictures at hand', () => {
  it('are the pinned ones, the kept ones and files, each with a letter of its own', async () => {
    const { decoder, explorer } = await opened((host) => {
      host.answers['model:reconstruct'] = ({ source }) => ({
        ...emptyReconstructions,
        names: source.kind === 'pictures' ? source.pictures.map(({ name }) => name) : [],
        prepared: pictures([9]),
        codes: Float32Array.of(9, 9),
        problems: [{ name: 'b.png', message: 'expected a picture, found text' }],
      });
    });
    explorer.pinned = [4];
    decoder.pictures.followPins([4], 'test');
    await vi.waitFor(() => expect(decoder.pictures.items).toHaveLength(1));
    decoder.point({ x: 20, y: 1 });
    await vi.waitFor(() => expect(decoder.live.shown).toBeDefined());
    decoder.keepPlace();
    const file = { name: 'a.png', size: 3, arrayBuffer: () => Promise.resolve(new ArrayBuffer(3)) };
    await decoder.pictures.addFiles([{ file, path: 'a.png' }]);
    expect(decoder.pictures.items.map(({ letter, name, kind }) => [letter, name, kind])).toEqual([
      ['A', 'test 4', 'pinned'],
      ['B', 'Place 20.0, 1.00', 'kept'],
      ['C', 'a.png', 'file'],
    ]);
    expect([...decoder.pictures.items[0]!.code]).toEqual([5, 4]);
    expect(decoder.pictures.chosen?.letter).toBe('C');
    expect(decoder.pictures.problems).toEqual(['b.png: expected a picture, found text']);
    decoder.mark();
    expect(explorer.marks).toEqual([
      { x: 20, y: 1, name: 'Place 20.0, 1.00', letter: 'B' },
      { x: 9, y: 9, name: 'a.png', letter: 'C' },
    ]);
  });

  it('say why files could not be read', async () => {
    const { decoder } = await opened();
    await decoder.pictures.addFiles(Promise.reject(new Error('cats: expected a folder that can be read')));
    expect(decoder.pictures.problems).toEqual(['cats: expected a folder that can be read']);
    expect(decoder.pictures.reading).toBe(false);
    const file = { name: 'a.png', size: 3, arrayBuffer: () => Promise.resolve(new ArrayBuffer(3)) };
    await decoder.pictures.addFiles([{ file, path: 'a.png' }]);
    expect(decoder.pictures.problems).toEqual(['No answer for model:reconstruct.']);
  });

  it('are dropped on the place; a table among them colours the map, and what cannot be listed says why', async () => {
    const { explorer } = await opened();
    const tables: string[] = [];
    const colouring = { addTable: async ({ name }: { readonly name: string }) => void tables.push(name) };
    const drops = latentDrops({ explorer, colouring });
    const file = (name: string) => ({ name, size: 3, arrayBuffer: () => Promise.resolve(new ArrayBuffer(3)) });
    drops.take(Promise.resolve([{ file: file('years.csv'), path: 'years.csv' }]));
    await vi.waitFor(() => expect(tables).toEqual(['years.csv']));
    drops.take(Promise.reject(new Error('cats: expected a folder that can be read')));
    const { pictures } = decoderOf(explorer)!;
    await vi.waitFor(() => expect(pictures.problems).toEqual(['cats: expected a folder that can be read']));
  });

  it('go with their pin, and take it along when they are put away', async () => {
    const { decoder, explorer } = await opened();
    explorer.pinned = [4, 5];
    decoder.pictures.followPins([4, 5], 'test');
    await vi.waitFor(() => expect(decoder.pictures.items).toHaveLength(2));
    decoder.pictures.remove(decoder.pictures.items[0]!);
    expect(explorer.pinned).toEqual([5]);
    decoder.pictures.followPins([], 'test');
    expect(decoder.pictures.items).toEqual([]);
  });
});

describe('the decoded grid', () => {
  it('covers the square around what is on view, from its top left', async () => {
    const { decoder, explorer, decoded } = await opened();
    explorer.region = { left: 0, right: 8, bottom: 3, top: 5 };
    decoder.grid.side = 8;
    decoder.grid.decode();
    await vi.waitFor(() => expect(decoder.grid.grid?.images.count).toBe(64));
    expect(decoder.grid.grid?.limits).toEqual({ left: 0, right: 8, bottom: 0, top: 8 });
    expect(decoded.at(-1)!.slice(0, 4)).toEqual([0.5, 7.5, 1.5, 7.5]);
  });

  it('is said to be made, and why it could not be; the one before it stays until it could', async () => {
    const { decoder, explorer, host } = await opened();
    const { grid } = decoder;
    const decode = host.answers['model:decode']!;
    explorer.region = { left: -1, right: 9, bottom: 0, top: 2 };
    grid.side = 4;
    expect(grid.working).toBe(false);
    grid.decode();
    expect(grid.working).toBe(true);
    await vi.waitFor(() => expect(grid.working).toBe(false));
    const first = grid.grid!;
    expect(first.limits).toEqual({ left: -1, right: 9, bottom: -4, top: 6 });
    expect([first.columns, first.rows]).toEqual([4, 4]);
    expect(first.took).toBeGreaterThanOrEqual(0);
    expect(first.took).toBeLessThan(60_000);
    delete host.answers['model:decode'];
    grid.decode();
    await vi.waitFor(() => expect(grid.problem?.message).toBe('No answer for model:decode.'));
    expect(grid.grid).toBe(first);
    host.answers['model:decode'] = decode;
    grid.decode();
    await vi.waitFor(() => expect(grid.grid).not.toBe(first));
    expect(grid.problem).toBeUndefined();
  });

  it('of a 1-D code is one row', async () => {
    const spec: ModelSpec = { ...details.spec, code: { ...details.spec.code, size: 1 } };
    const line = { ...map, origin: Float32Array.of(0), axes: [Float32Array.of(1), Float32Array.of(0)] as const };
    const { decoder, explorer } = await opened((host) => {
      host.answers['model:open'] = () => ({ ...details, spec });
      host.answers['model:points'] = () => line;
      host.answers['model:decode'] = ({ codes }) => pictures([...codes].map(Math.round));
    });
    explorer.region = { left: 0, right: 8, bottom: -1, top: 1 };
    decoder.grid.side = 4;
    decoder.grid.decode();
    await vi.waitFor(() => expect(decoder.grid.grid).toBeDefined());
    expect([decoder.grid.grid!.columns, decoder.grid.grid!.rows]).toEqual([4, 1]);
    expect([...decoder.grid.grid!.images.pixels]).toEqual([1, 3, 5, 7]);
  });

  it('is none without a map', async () => {
    const { decoder, host } = await opened((fake) => {
      fake.answers['model:open'] = () => ({ ...details, hasImageSet: false });
    });
    decoder.grid.decode();
    await allArrived();
    expect([decoder.grid.grid, decoder.grid.working]).toEqual([undefined, false]);
    expect(host.asked).not.toContain('model:decode');
  });

  it('has more pictures a side on a larger map, until a person chooses how many', async () => {
    const { grid } = (await opened()).decoder;
    const sides = [0, 500, 1_256, 2_530, 5_000].map((reach) => {
      grid.reach = reach;
      return grid.side;
    });
    expect(sides).toEqual([16, 16, 24, 32, 32]);
    grid.side = 8;
    expect(grid.side).toBe(8);
  });

  it.each([
    [28, 64],
    [90, 64],
    [91, 48],
    [256, 16],
    [1_024, 4],
  ])('of images of %i pixels a side has at most %i a side: what a window can hold', async (side, most) => {
    const spec: ModelSpec = { ...details.spec, inputShape: [side, side, 3] };
    const { decoder } = await opened((host) => (host.answers['model:open'] = () => ({ ...details, spec })));
    expect(decoder.grid.sizes.at(-1)).toBe(most);
    expect(decoder.grid.side).toBe(Math.min(16, most));
  });
});

describe('the decoder', () => {
  it('stays the same as long as the model is open', async () => {
    const { explorer } = await opened();
    const decoder = decoderOf(explorer);
    expect(decoder?.model.ref).toEqual(model);
    expect(decoderOf(explorer)).toBe(decoder);
    await explorer.choose({ runId: 'other', weights: 'last' });
    expect(decoderOf(explorer)).not.toBe(decoder);
    expect(decoderOf(explorer)?.model.ref.runId).toBe('other');
  });
});
