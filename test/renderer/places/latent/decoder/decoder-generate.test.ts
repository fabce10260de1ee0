import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { StudioError } from '../../../../../electron/domain/errors.ts';
import { allArrived } from '../../../held-answers.ts';
import { COUNT, details, opened, pictures, withTwo } from './decoder-samples.ts';

describe('generated pictures', () => {
  it('come with the nearest training image of each, the same for a seed', async () => {
    const { decoder } = await opened();
    const { generator } = decoder;
    await generator.generate();
    expect(generator.problem).toBeUndefined();
    expect(generator.mixture?.fittedTo).toBe(COUNT);
    expect(generator.made?.images.count).toBe(12);
    expect(generator.made?.nearest?.found[3]).toEqual({
      index: 3,
      name: 'training 3',
      label: '7',
      distance: 3,
      place: 3,
    });
    const first = generator.made!.codes;
    const { mixture } = generator;
    await generator.generate();
    // It is fitted once.
    expect(generator.mixture).toBe(mixture);
    expect(generator.made?.codes).toEqual(first);
    await generator.another();
    expect(generator.seed).toBe('2');
    expect(generator.made?.codes).not.toEqual(first);
  });

  it('come from the prior where there is one, even when the image set is gone', async () => {
    const { decoder, host } = await opened((fake) => {
      fake.answers['model:open'] = () => ({ ...details, hasImageSet: false, hasPrior: true });
    });
    await decoder.generator.generate();
    expect(decoder.generator.made?.images.count).toBe(12);
    expect(decoder.generator.made?.nearest).toBeUndefined();
    expect(host.asked).not.toContain('model:codes');
    expect(host.asked).not.toContain('model:neighbours');
  });

  it('come from a density of the training codes instead, where that is chosen', async () => {
    const { decoder } = await opened((fake) => {
      fake.answers['model:open'] = () => ({ ...details, hasPrior: true });
    });
    const { generator } = decoder;
    expect(generator.hasChoice).toBe(true);
    await generator.generate();
    const { codes } = generator.made!;
    expect(generator.mixture).toBeUndefined();
    generator.from = 'density';
    await generator.generate();
    expect(generator.mixture?.fittedTo).toBe(COUNT);
    expect(generator.made?.codes).not.toEqual(codes);
    generator.from = 'prior';
    await generator.generate();
    expect(generator.made?.codes).toEqual(codes);
  });

  it.each([
    { hasPrior: false, hasImageSet: true },
    { hasPrior: true, hasImageSet: false },
  ])('come from one source alone where there is no other: %o', async (has) => {
    const { decoder } = await opened((fake) => {
      fake.answers['model:open'] = () => ({ ...details, ...has });
    });
    expect(decoder.generator.hasChoice).toBe(false);
  });

  it('say what is missing for a density when the image set is gone', async () => {
    const { decoder } = await opened((host) => {
      host.answers['model:open'] = () => ({ ...details, hasImageSet: false });
      delete host.answers['model:points'];
    });
    await decoder.generator.generate();
    expect(decoder.generator.problem?.message).toBe(
      'Expected the model’s image set to fit a density to its codes, found that it is gone.',
    );
    expect(decoder.generator.working).toBe('');
  });

  it('say what is being done', async () => {
    const { decoder, host } = await opened();
    const { generator } = decoder;
    const [codes, decoded, near] = [host.hold('model:codes'), host.hold('model:decode'), host.hold('model:neighbours')];
    const told = [generator.working];
    const generating = generator.generate();
    told.push(generator.working);
    // Another is not begun meanwhile.
    await generator.generate();
    codes[0]!.give({ codes: Float32Array.from({ length: 2 * COUNT }, (_, at) => at % 7), size: 2 });
    await vi.waitFor(() => expect(decoded).toHaveLength(1));
    told.push(generator.working);
    decoded[0]!.give(pictures(Array.from({ length: 12 }, (_, at) => at)));
    await vi.waitFor(() => expect(near).toHaveLength(1));
    near[0]!.refuse(new StudioError('engine-lost', 'The engine is gone.'));
    await generating;
    told.push(generator.working);
    expect(told).toEqual(['', 'Encoding the training images…', 'Decoding…', '']);
    // The pictures are there all the same.
    expect([generator.made?.images.count, generator.made?.nearest]).toEqual([12, undefined]);
    expect(generator.problem?.message).toBe('The engine is gone.');
    expect([codes.length, decoded.length]).toEqual([1, 1]);
  });

  it.each(['model:codes', 'model:decode'] as const)(
    'say when %s gave no answer, and can be tried again',
    async (channel) => {
      const { decoder, host } = await opened();
      const { generator } = decoder;
      const answer = host.answers[channel]!;
      Object.assign(host.answers, { [channel]: undefined });
      await generator.generate();
      expect([generator.problem?.message, generator.made, generator.working]).toEqual([
        `No answer for ${channel}.`,
        undefined,
        '',
      ]);
      Object.assign(host.answers, { [channel]: answer });
      generator.count = 24;
      await generator.generate();
      expect([generator.problem, generator.made?.images.count, generator.made?.seed]).toEqual([undefined, 24, 1]);
    },
  );

  it.each([
    ['1.5', false],
    ['-1', false],
    ['', false],
    ['2147483648', false],
    ['2147483647', true],
    ['0', true],
  ])('of the seed %j are made or not: %s', async (seed, isMade) => {
    const { decoder, host } = await opened();
    const { generator } = decoder;
    generator.seed = seed;
    const asked = host.asked.length;
    await generator.generate();
    expect(generator.seedProblem).toBe(isMade ? undefined : 'must be a whole number, 0–2147483647');
    expect(host.asked.length > asked).toBe(isMade);
    expect(generator.made?.seed).toBe(isMade ? Number(seed) : undefined);
  });

  it.each([
    ['2147483647', '0'],
    ['2147483646', '2147483647'],
    ['none', '1'],
  ])('another time come of the next seed: after %s of %s', async (seed, next) => {
    const { decoder } = await opened();
    decoder.generator.seed = seed;
    await decoder.generator.another();
    expect([decoder.generator.seed, decoder.generator.made?.seed]).toEqual([next, Number(next)]);
  });
});

describe('search by picture', () => {
  it('finds the images with the nearest codes, in either split', async () => {
    const { decoder } = await withTwo();
    decoder.search.split = 'test';
    decoder.search.search();
    await vi.waitFor(() => expect(decoder.search.found?.near.found).toHaveLength(12));
    expect(decoder.search.found?.of.name).toBe('two');
    expect(decoder.search.found?.near.split).toBe('test');
    expect(decoder.search.found?.near.found[2]).toMatchObject({ name: 'test 0', distance: 2, label: '7' });
  });

  it('says when it could not be done, and no more once it could', async () => {
    const { decoder, host } = await withTwo();
    const { search } = decoder;
    const answer = host.answers['model:neighbours']!;
    search.search();
    await vi.waitFor(() => expect(search.found).toBeDefined());
    delete host.answers['model:neighbours'];
    search.count = 24;
    search.search();
    expect(search.working).toBe(true);
    await vi.waitFor(() => expect(search.problem?.message).toBe('No answer for model:neighbours.'));
    expect([search.found, search.working]).toEqual([undefined, false]);
    host.answers['model:neighbours'] = answer;
    search.search();
    await vi.waitFor(() => expect(search.found?.near.k).toBe(24));
    expect(search.problem).toBeUndefined();
  });

  it('finds nothing without a picture, and lets go of what was found for one', async () => {
    const { decoder, host } = await opened();
    const { search } = decoder;
    const asked = host.asked.length;
    search.search();
    flushSync();
    expect(search.found).toBeUndefined();
    expect(host.asked).toHaveLength(asked);
    decoder.pictures.keep('one', Float32Array.of(1, 0), pictures([1]));
    search.search();
    await vi.waitFor(() => expect(search.found).toBeDefined());
    delete host.answers['model:neighbours'];
    search.search();
    await vi.waitFor(() => expect(search.problem).toBeDefined());
    const late = host.hold('model:neighbours');
    search.search();
    await vi.waitFor(() => expect(late).toHaveLength(1));
    decoder.pictures.remove(decoder.pictures.items[0]!);
    search.search();
    expect([search.found, search.problem, search.working]).toEqual([undefined, undefined, false]);
    late[0]!.refuse(new StudioError('not-found', 'Too late.'));
    await allArrived();
    expect([search.found, search.problem]).toEqual([undefined, undefined]);
  });
});
