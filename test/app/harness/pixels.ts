import type { Locator } from '@playwright/test';

/** The canvas of a picture, as the screen has it: width, height and RGBA bytes. */
export async function pixelsOf(picture: Locator): Promise<{ width: number; height: number; rgba: Uint8Array }> {
  return picture.locator('canvas').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    // As a list of numbers, those of a curve would take Playwright and the browser seconds.
    return { width: canvas.width, height: canvas.height, rgba: new Uint8Array(data.buffer) };
  });
}

/** A picture's size and RGB, row by row. */
export async function rgbOf(picture: Locator): Promise<{ width: number; height: number; rgb: number[] }> {
  const { width, height, rgba } = await pixelsOf(picture);
  return { width, height, rgb: [...rgba].filter((_, at) => at % 4 !== 3) };
}

/** How many different strong colours (not grey, not see-through) a picture shows, shades of one counted once. */
export async function strongColours(picture: Locator): Promise<number> {
  const { rgba } = await pixelsOf(picture);
  const seen = new Map<number, number>();
  for (let at = 0; at < rgba.length; at += 4) {
    const [r, g, b, a] = [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!, rgba[at + 3]!];
    if (a < 128 || Math.max(r, g, b) - Math.min(r, g, b) < 40) continue;
    const shade = ((r >> 5) << 6) | ((g >> 5) << 3) | (b >> 5);
    seen.set(shade, (seen.get(shade) ?? 0) + 1);
  }
  return [...seen.values()].filter((count) => count > 10).length;
}

/** The spread of grey (lightest minus darkest, 0-255) in each of `count` pictures that stand side by side. */
export async function contrasts(strip: Locator, count: number): Promise<number[]> {
  const { width, height, rgba } = await pixelsOf(strip);
  const cells = Array.from({ length: count }, () => ({ least: 255, most: 0 }));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      if (rgba[at + 3] === 0) continue;
      const cell = cells[Math.floor((x * count) / width)]!;
      cell.least = Math.min(cell.least, rgba[at]!);
      cell.most = Math.max(cell.most, rgba[at]!);
    }
  }
  return cells.map(({ least, most }) => most - least);
}

/** How many pixels of a picture are drawn on at all. */
export async function inkedPixels(picture: Locator): Promise<number> {
  const { rgba } = await pixelsOf(picture);
  let inked = 0;
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at]! > 0) inked++;
  return inked;
}
