import sharp from 'sharp';
import { guessOptions } from '../../../electron/dataset/import/guess.ts';
import type { Source, SourceItem } from '../../../electron/dataset/import/source.ts';

export type Pixel = readonly number[];

/** A PNG, pixel by pixel: grey, grey and alpha, RGB, or RGB and alpha. */
export const png = (width: number, height: number, at: (x: number, y: number) => Pixel): Promise<Buffer> => {
  const pixels = Array.from({ length: width * height }, (_, place) => at(place % width, Math.floor(place / width)));
  const channels = pixels[0]!.length as 1 | 2 | 3 | 4;
  return sharp(Buffer.from(pixels.flat()), { raw: { width, height, channels } }).png().toBuffer();
};
export const plain = (width: number, height: number, grey = 90) => png(width, height, () => [grey]);

export const itemOf = (name: string, read: () => Promise<Uint8Array>): SourceItem => ({
  name,
  content: { kind: 'file', read },
});

export function sourceOf(items: readonly SourceItem[], more: Partial<Source> = {}): Source {
  const close = (): Promise<void> => Promise.resolve();
  return { count: items.length, splits: new Set(), skipped: [], items: () => items, close, ...more };
}

/** What is guessed from these files. */
export async function guess(pictures: readonly (Buffer | Promise<Buffer>)[], more: Partial<Source> = {}) {
  const bytes = await Promise.all(pictures);
  const items = bytes.map((each, at) => itemOf(`${at}.png`, () => Promise.resolve(each)));
  return guessOptions(sourceOf(items, more), 'Mine', 2);
}
