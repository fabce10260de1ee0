import { pixelFit, roomFor } from './pixel-fit.ts';
import type { Rgba } from './rgba.ts';

/** One picture of a sheet: its images side by side, its words below. */
export interface SheetEntry {
  readonly images: readonly Rgba[];
  readonly name: string;
  readonly figure: string;
}

export interface Sheet {
  readonly title: string;
  readonly entries: readonly SheetEntry[];
  /** Of the model's images, in pixels. */
  readonly image: { readonly width: number; readonly height: number };
}

/** More on one sheet make a picture that few programs open. */
export const MOST_ON_SHEET = 1_000;

const ROOM = 64;
const GAP = 4;
const WORDS = 20;
const MARGIN = 16;
const TITLE = 32;
const INK = '#191d23';
const MUTED = '#59636e';

/** Paints a sheet, black on white whatever the window looks like: about as high as wide. */
export async function paintSheet({ title, entries, image }: Sheet): Promise<Blob> {
  const room = roomFor(image, ROOM);
  const pictures = Math.max(1, ...entries.map(({ images }) => images.length));
  const cell = { width: pictures * (room.width + GAP) - GAP + MARGIN, height: room.height + WORDS + MARGIN };
  const columns = Math.max(
    1,
    Math.min(entries.length, Math.round(Math.sqrt((entries.length * cell.height) / cell.width))),
  );
  const rows = Math.ceil(entries.length / columns);
  const canvas = new OffscreenCanvas(
    Math.max(480, Math.ceil(MARGIN + columns * cell.width)),
    Math.ceil(TITLE + MARGIN + rows * cell.height),
  );
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = 'middle';
  words(context, title, MARGIN, TITLE / 2 + 4, canvas.width - 2 * MARGIN, 'bold 14px system-ui, sans-serif', INK);
  entries.forEach((entry, index) => {
    const left = MARGIN + (index % columns) * cell.width;
    const top = TITLE + MARGIN / 2 + Math.floor(index / columns) * cell.height;
    paintEntry(context, entry, left, top, room, cell.width - MARGIN);
  });
  return canvas.convertToBlob({ type: 'image/png' });
}

function paintEntry(
  context: OffscreenCanvasRenderingContext2D,
  { images, name, figure }: SheetEntry,
  left: number,
  top: number,
  room: { readonly width: number; readonly height: number },
  width: number,
): void {
  images.forEach((picture, index) => {
    const own = new OffscreenCanvas(picture.width, picture.height);
    own.getContext('2d')!.putImageData(new ImageData(picture.data, picture.width, picture.height), 0, 0);
    const fit = pixelFit(picture, room, 1);
    context.imageSmoothingEnabled = !fit.whole;
    const x = left + index * (room.width + GAP) + Math.round((room.width - fit.width) / 2);
    context.drawImage(own, x, top + Math.round((room.height - fit.height) / 2), fit.width, fit.height);
  });
  const baseline = top + room.height + WORDS / 2;
  context.font = '12px system-ui, sans-serif';
  const figureWidth = context.measureText(figure).width;
  words(context, figure, left + width - figureWidth, baseline, figureWidth + 1, context.font, INK);
  words(context, name, left, baseline, width - figureWidth - 8, context.font, MUTED);
}

/** Text that ends in an ellipsis where it would not fit. */
function words(
  context: OffscreenCanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  width: number,
  font: string,
  colour: string,
): void {
  context.font = font;
  context.fillStyle = colour;
  let shown = text;
  while (shown.length > 1 && context.measureText(shown).width > width) shown = `${shown.slice(0, -2)}…`;
  context.fillText(shown, x, y);
}
