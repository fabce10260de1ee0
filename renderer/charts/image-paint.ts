import { shownSide } from './image-scale.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { imageSheet } from './image-sheet.ts';

export interface PaintedStrip {
  readonly images: ImageColumns;
  /** Device pixels an image pixel. */
  readonly scale: number;
  /** Between two images, in CSS pixels. */
  readonly gap: number;
  /** Device pixels a CSS pixel. */
  readonly density: number;
}

/** The images side by side, every pixel a whole square, or shrunk evenly: the canvas takes the size that needs. */
export function paintStrip(context: CanvasRenderingContext2D, { images, scale, gap, density }: PaintedStrip): void {
  const { canvas } = context;
  const { count, height, width } = images;
  const [across, down] = [shownSide(width, scale), shownSide(height, scale)];
  const step = across + Math.round(gap * density);
  canvas.width = step * (count - 1) + across;
  canvas.height = down;
  canvas.style.width = `${canvas.width / density}px`;
  canvas.style.height = `${canvas.height / density}px`;
  context.imageSmoothingEnabled = scale < 1;
  context.imageSmoothingQuality = 'high';
  const sheet = imageSheet(images);
  if (!sheet) return;
  for (let index = 0; index < count; index++) {
    context.drawImage(sheet, 0, index * height, width, height, index * step, 0, across, down);
  }
}
