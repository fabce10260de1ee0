import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { splitmix } from '../../electron/domain/inspection/ranking.ts';
import { photographPng, pngOf } from '../../electron/dataset/picture/write-png.ts';

/** Two images of waves under a little noise, as a camera has it. */
function waves(channels: 1 | 3) {
  const [width, height] = [90, 70];
  const random = splitmix(channels);
  const pixels = Uint8Array.from({ length: 2 * width * height * channels }, (_, at) => {
    const [x, y] = [Math.floor(at / channels) % width, Math.floor(at / channels / width)];
    return 120 + 90 * Math.sin(x / 17) * Math.cos(y / 13) + 8 * random();
  });
  return { count: 2, width, height, channels, pixels };
}

describe.each([1, 3] as const)('a PNG file of %s channels', (channels) => {
  const images = waves(channels);
  const size = images.pixels.length / 2;
  const rawOf = async (png: Uint8Array): Promise<Uint8Array> => {
    // libvips gives grey back as it is only where it is told so.
    const { data, info } = await sharp(png)
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([images.width, images.height, channels]);
    return new Uint8Array(data);
  };

  it('is read by libvips to the pixel, whichever image it is of and however it is packed', async () => {
    for (const index of [0, 1]) {
      const own = images.pixels.slice(index * size, (index + 1) * size);
      expect(await rawOf(pngOf(images, index))).toEqual(own);
      expect(await rawOf(await photographPng(images, index))).toEqual(own);
    }
  });

  it('is smaller where a photograph is told by differences', async () => {
    expect((await photographPng(images, 0)).length).toBeLessThan(0.9 * pngOf(images, 0).length);
  });
});
