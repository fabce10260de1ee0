/**
 * One decoded picture: uint8, row by row. Channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha (not premultiplied).
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly pixels: Uint8Array;
}

/** [red, green, blue], each 0-255. */
export type Colour = readonly [number, number, number];

/** Reads "#rrggbb". */
export function colourOf(text: string): Colour {
  const value = Number.parseInt(text.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Luma of ITU-R BT.601, rounded: the grey that Pillow's "L" has. */
export function greyOf(red: number, green: number, blue: number): number {
  return (red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16;
}

/** Whether all pixels, of so many channels, are the same. */
export function isEven(pixels: Uint8Array, channels: number): boolean {
  for (let at = channels; at < pixels.length; at += 1) if (pixels[at] !== pixels[at - channels]) return false;
  return true;
}

/** The same picture without alpha and with `channels` channels, laid over `background`. Shares memory where nothing changes. */
export function flatten(picture: Picture, channels: 1 | 3, background: Colour): Picture & { readonly channels: 1 | 3 } {
  const { width, height } = picture;
  if (picture.channels === channels) return { width, height, channels, pixels: picture.pixels };
  const count = width * height;
  const pixels = new Uint8Array(count * channels);
  const from = picture.pixels;
  const step = picture.channels;
  const coloured = step >= 3;
  const hasAlpha = step === 2 || step === 4;
  for (let index = 0; index < count; index += 1) {
    const at = index * step;
    let red = from[at]!;
    let green = coloured ? from[at + 1]! : red;
    let blue = coloured ? from[at + 2]! : red;
    const alpha = hasAlpha ? from[at + step - 1]! : 255;
    if (alpha < 255) {
      red = blend(red, background[0], alpha);
      green = blend(green, background[1], alpha);
      blue = blend(blue, background[2], alpha);
    }
    if (channels === 1) pixels[index] = greyOf(red, green, blue);
    else {
      pixels[index * 3] = red;
      pixels[index * 3 + 1] = green;
      pixels[index * 3 + 2] = blue;
    }
  }
  return { width, height, channels, pixels };
}

function blend(over: number, under: number, alpha: number): number {
  return Math.round((over * alpha + under * (255 - alpha)) / 255);
}

/** Lays a picture on a ground at (left, top), cut where it hangs over. */
export function place(
  picture: Picture,
  left: number,
  top: number,
  width: number,
  height: number,
  ground: readonly number[],
): Uint8Array {
  if (picture.width === width && picture.height === height && left === 0 && top === 0) return picture.pixels;
  const { channels } = picture;
  const pixels = new Uint8Array(width * height * channels);
  for (let index = 0; index < pixels.length; index += 1) pixels[index] = ground[index % channels]!;
  const from = Math.max(0, -left);
  const to = Math.min(picture.width, width - left);
  if (to <= from) return pixels;
  for (let y = Math.max(0, -top); y < Math.min(picture.height, height - top); y += 1) {
    const row = picture.pixels.subarray((y * picture.width + from) * channels, (y * picture.width + to) * channels);
    pixels.set(row, ((y + top) * width + left + from) * channels);
  }
  return pixels;
}
