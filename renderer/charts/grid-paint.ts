import { cellPlace, visibleRange, type GridLayout } from './grid-layout.ts';

export interface PaintedGrid {
  readonly layout: GridLayout;
  /** CSS pixels. */
  readonly scrollTop: number;
  readonly width: number;
  readonly height: number;
  /** Device pixels a CSS pixel. */
  readonly density: number;
  /** One image in its sheet; they stand below each other there. */
  readonly image: { readonly width: number; readonly height: number };
  /** Where there is no picture yet. */
  readonly ground: string;
  /** The colour of the frame around what is selected. */
  readonly accent: string;
  isSelected(position: number): boolean;
  at(position: number): { readonly sheet: CanvasImageSource; readonly row: number } | undefined;
}

/** Paints the cells in sight; the canvas takes the size of the view. */
export function paintGrid(context: CanvasRenderingContext2D, grid: PaintedGrid): void {
  const { layout, scrollTop, density, image } = grid;
  fit(context.canvas, Math.round(grid.width * density), Math.round(grid.height * density));
  const width = Math.round(layout.cellWidth * density);
  const height = Math.round(layout.cellHeight * density);
  // Shrunk pictures are averaged; enlarged ones keep their pixels.
  context.imageSmoothingEnabled = width < image.width;
  context.fillStyle = grid.ground;
  const [first, end] = visibleRange(layout, scrollTop, grid.height);
  for (let position = first; position < end; position++) {
    const place = cellPlace(layout, position);
    const x = Math.round(place.x * density);
    const y = Math.round((place.y - scrollTop) * density);
    const picture = grid.at(position);
    if (!picture) context.fillRect(x, y, width, height);
    else {
      const from = picture.row * image.height;
      context.drawImage(picture.sheet, 0, from, image.width, image.height, x, y, width, height);
    }
    if (grid.isSelected(position)) {
      const line = Math.max(2, Math.round(3 * density));
      context.strokeStyle = grid.accent;
      context.lineWidth = line;
      context.strokeRect(x + line / 2, y + line / 2, width - line, height - line);
    }
  }
}

function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  } else canvas.getContext('2d')?.clearRect(0, 0, width, height);
}
