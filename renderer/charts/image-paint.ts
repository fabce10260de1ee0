import type { ImageColumns } from '../../electron/contract/words.ts';

export interface PaintedStrip {
  readonly images: ImageColumns;
  /** Device pixels an image pixel. */
  readonly scale: number;
  /** Between two images, in CSS pixels. */
  readonly gap: number;
  /** Device pixels a CSS pixel. */
  readonly density: number;
}

/** The images side by side, every pixel a whole square: the canvas takes the size that needs. */
export function paintStrip(context: CanvasRenderingContext2D, { images, scale, gap, density }: PaintedStrip): void {
  const { canvas } = context;
  const { count, height, width } = images;
  const step = width * scale + Math.round(gap * density);
  canvas.width = step * (count - 1) + width * scale;
  canvas.height = height * scale;
  canvas.style.width = `${canvas.width / density}px`;
  canvas.style.height = `${canvas.height / density}px`;
  context.imageSmoothingEnabled = false;
  const sheet = asSheet(images);
  if (!sheet) return;
  for (let index = 0; index < count; index++) {
    context.drawImage(sheet, 0, index * height, width, height, index * step, 0, width * scale, height * scale);
  }
}

/** The images below each other in their own size. */
function asSheet({ count, height, width, channels, pixels }: ImageColumns): OffscreenCanvas | undefined {
  if (count === 0) return undefined;
  const sheet = new OffscreenCanvas(width, height * count);
  const image = new ImageData(width, height * count);
  for (let pixel = 0; pixel < width * height * count; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * pixel + channel] = pixels[pixel * channels + (channels === 3 ? channel : 0)]!;
    }
    image.data[4 * pixel + 3] = 255;
  }
  sheet.getContext('2d')?.putImageData(image, 0, 0);
  return sheet;
}
