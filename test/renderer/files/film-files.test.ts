import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Rgba } from '../../../renderer/maths/rgba.ts';
import { gifOf } from '../../../renderer/files/film-files.ts';

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

const plan = (framesPerSecond: number, grey: boolean, ...frames: readonly Rgba[]) => ({
  frames,
  count: frames.length,
  framesPerSecond,
  grey,
});

describe('a GIF', () => {
  const watch = { onProgress: () => undefined, signal: new AbortController().signal };

  it('holds every frame with its time', async () => {
    const frames = [0, 100, 200].map((grey) => square(4, [grey, grey, grey]));
    const gif = await gifOf(plan(10, true, ...frames), watch);
    expect(new TextDecoder().decode(gif.slice(0, 6))).toBe('GIF89a');
    expect(gif[6]! + 256 * gif[7]!).toBe(4);
    expect(framesOf(gif)).toEqual(Array.from({ length: 3 }, () => ({ delay: 10, own: false })));
  });

  it('keeps each grey in its place', async () => {
    const greys = [0, 60, 120, 180, 240, 255];
    const data = Uint8ClampedArray.from({ length: 24 }, (_, at) => (at % 4 === 3 ? 255 : greys[Math.floor(at / 4)]!));
    const gif = await gifOf(plan(10, true, { width: 3, height: 2, data }), watch);
    const read = await sharp(gif).removeAlpha().greyscale().raw().toBuffer({ resolveWithObject: true });
    expect([read.info.width, read.info.height]).toEqual([3, 2]);
    expect([...read.data]).toEqual(greys);
  });

  it('shows a frame longer in place of the same once more', async () => {
    const [red, blue] = [square(2, [255, 0, 0]), square(2, [0, 0, 255])];
    const gif = await gifOf(plan(10, false, red, blue, square(2, [0, 0, 255]), blue, red), watch);
    expect(framesOf(gif).map(({ delay }) => delay)).toEqual([10, 30, 10]);
    const grey = await gifOf(plan(10, true, square(2, [9, 9, 9]), square(2, [9, 9, 9]), square(2, [8, 8, 8])), watch);
    expect(framesOf(grey).map(({ delay }) => delay)).toEqual([20, 10]);
  });

  it('of colours gives each frame its own', async () => {
    const gif = await gifOf(plan(20, false, square(2, [255, 0, 0]), square(2, [0, 0, 255])), watch);
    expect(framesOf(gif)).toEqual([
      { delay: 5, own: false },
      { delay: 5, own: true },
    ]);
  });

  it('tells how far it is, and takes no frame more once it is stopped', async () => {
    const stopping = new AbortController();
    const told: number[] = [];
    let taken = 0;
    const frames = function* () {
      for (; taken < 4; taken++) yield square(2, [9, 9, 9]);
    };
    const onProgress = (share: number) => {
      told.push(share);
      if (share === 0.5) stopping.abort();
    };
    const film = { ...plan(10, true), frames: frames(), count: 4 };
    const stopped = { code: 'stopped', message: 'The film was stopped; nothing was saved.' };
    await expect(gifOf(film, { onProgress, signal: stopping.signal })).rejects.toMatchObject(stopped);
    expect([told, taken]).toEqual([[0.25, 0.5], 1]);
  });
});
