import { describe, expect, it } from 'vitest';
import type { Rgba } from '../../../renderer/charts/rgba.ts';
import { gifOf } from '../../../renderer/state/film-files.ts';

const square = (side: number, pixel: readonly [number, number, number]): Rgba => ({
  width: side,
  height: side,
  data: Uint8ClampedArray.from({ length: 4 * side * side }, (_, at) => (at % 4 === 3 ? 255 : pixel[at % 4]!)),
});

/** The delay of each frame, in hundredths of a second, and whether it brings colours of its own: read block by block. */
function framesOf(gif: Uint8Array) {
  const frames: { delay: number; own: boolean }[] = [];
  let delay = 0;
  const table = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  const skipBlocks = (from: number) => {
    let at = from;
    while (gif[at]! > 0) at += gif[at]! + 1;
    return at + 1;
  };
  for (let at = 13 + table(gif[10]!); gif[at] !== 0x3b;) {
    if (gif[at] === 0x21) {
      if (gif[at + 1] === 0xf9) delay = gif[at + 4]! + 256 * gif[at + 5]!;
      at = skipBlocks(at + 2);
    } else {
      const flags = gif[at + 9]!;
      frames.push({ delay, own: (flags & 0x80) > 0 });
      at = skipBlocks(at + 10 + table(flags) + 1);
    }
  }
  return frames;
}

describe('a GIF', () => {
  it('holds every frame with its time', async () => {
    const gif = await gifOf(
      [0, 100, 200].map((grey) => square(4, [grey, grey, grey])),
      10,
    );
    expect(new TextDecoder().decode(gif.slice(0, 6))).toBe('GIF89a');
    expect(gif[6]! + 256 * gif[7]!).toBe(4);
    expect(framesOf(gif)).toEqual(Array.from({ length: 3 }, () => ({ delay: 10, own: false })));
  });

  it('of colours gives each frame its own', async () => {
    const gif = await gifOf([square(2, [255, 0, 0]), square(2, [0, 0, 255])], 20);
    expect(framesOf(gif)).toEqual([
      { delay: 5, own: false },
      { delay: 5, own: true },
    ]);
  });
});
