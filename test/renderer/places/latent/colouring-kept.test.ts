import { describe, expect, it } from 'vitest';
import { defaultPalette } from '../../../../renderer/charts/map/default-palette.ts';
import { Colouring } from '../../../../renderer/places/latent/map/colouring.svelte.ts';
import { latentOn } from './latent-host.ts';

/** What is kept, and the colours as they are at another visit. */
function colourings() {
  const { latent, context, store } = latentOn();
  return { store, again: () => new Colouring(latent.explorer, context.remembered) };
}

describe('what is kept for the next visit', () => {
  it.each([
    ['gradient', 'cividis', 'cividis'],
    ['gradient', 'rainbow', 'viridis'],
    ['gradient', 'toString', 'viridis'],
  ] as const)('%s: of %s it begins with %s', (_, kept, gradient) => {
    const { store, again } = colourings();
    store.set('studio.gradient', kept);
    expect(again().gradient).toBe(gradient);
    expect(again().palette).toEqual(defaultPalette);
  });

  it('a gradient that was chosen', () => {
    const { again } = colourings();
    expect(again().gradient).toBe('viridis');
    again().setGradient('cividis');
    expect(again().gradient).toBe('cividis');
  });

  it.each([
    ['no JSON', 'blue'],
    ['too few colours', JSON.stringify(['#123456'])],
    ['no list', JSON.stringify({ length: defaultPalette.length })],
    ['no colours', JSON.stringify(defaultPalette.with(3, 'blue'))],
    ['colours with more to them', JSON.stringify(defaultPalette.with(3, 'x#123456'))],
    ['colours with more behind', JSON.stringify(defaultPalette.with(3, '#1234567'))],
  ])('a palette, unless it is %s', (_, text) => {
    const { store, again } = colourings();
    const own = defaultPalette.with(3, '#123456');
    store.set('studio.palette', JSON.stringify(own));
    expect(again().palette).toEqual(own);
    store.set('studio.palette', text);
    expect(again().palette).toEqual(defaultPalette);
  });
});
