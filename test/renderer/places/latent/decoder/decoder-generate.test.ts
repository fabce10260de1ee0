import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { COUNT, details, opened, withTwo } from './decoder-samples.ts';

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
    await generator.generate();
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

  it('wait for a seed that can be read', async () => {
    const { decoder, host } = await opened();
    decoder.generator.seed = '1.5';
    const asked = host.asked.length;
    await decoder.generator.generate();
    expect(decoder.generator.seedProblem).toBe('must be a whole number, 0–2147483647');
    expect(host.asked).toHaveLength(asked);
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

  it('finds nothing without a picture', async () => {
    const { decoder, host } = await opened();
    const asked = host.asked.length;
    decoder.search.search();
    flushSync();
    expect(decoder.search.found).toBeUndefined();
    expect(host.asked).toHaveLength(asked);
  });
});
