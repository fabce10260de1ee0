import type { ImageColumns } from '../../electron/domain/words.ts';

const OPAQUE = 0xff << 24;

/** The pixels of images below each other, as a canvas takes them. Written in words: every browser's machine is little-endian. */
export function rgbaWords({ count, height, width, channels, pixels }: ImageColumns): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(count * height * width);
  if (channels === 1) {
    for (let at = 0; at < words.length; at++) words[at] = (pixels[at]! * 0x01_01_01) | OPAQUE;
  } else {
    for (let at = 0, from = 0; at < words.length; at++, from += 3) {
      words[at] = pixels[from]! | (pixels[from + 1]! << 8) | (pixels[from + 2]! << 16) | OPAQUE;
    }
  }
  return words;
}

/** Images below each other in their own size; none where there is no image. */
export function imageSheet(images: ImageColumns): OffscreenCanvas | undefined {
  const { count, height, width } = images;
  if (count === 0) return undefined;
  const sheet = new OffscreenCanvas(width, height * count);
  sheet.getContext('2d')?.putImageData(sheetData(images), 0, 0);
  return sheet;
}

export function sheetData(images: ImageColumns): ImageData {
  const rgba = new Uint8ClampedArray(rgbaWords(images).buffer);
  return new ImageData(rgba, images.width, images.height * images.count);
}
