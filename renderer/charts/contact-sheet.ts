import { INK, MUTED, shortened, textWidth, type Figure, type Stroke } from './figure/figure.ts';
import { pixelFit, roomFor } from './pixel-fit.ts';
import type { Rgba } from '../maths/rgba.ts';

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
const SIZE = 12;

/** Draws a sheet, about as high as wide. */
export function sheetFigure({ title, entries, image }: Sheet): Figure {
  const room = roomFor(image, ROOM);
  const pictures = Math.max(1, ...entries.map(({ images }) => images.length));
  const cell = { width: pictures * (room.width + GAP) - GAP + MARGIN, height: room.height + WORDS + MARGIN };
  const columns = Math.max(
    1,
    Math.min(entries.length, Math.round(Math.sqrt((entries.length * cell.height) / cell.width))),
  );
  const rows = Math.ceil(entries.length / columns);
  const width = Math.max(480, Math.ceil(MARGIN + columns * cell.width));
  const words = shortened(title, 14, width - 2 * MARGIN);
  return {
    width,
    height: Math.ceil(TITLE + MARGIN + rows * cell.height),
    density: 1,
    strokes: [
      { kind: 'text', text: words, x: MARGIN, y: TITLE / 2 + 9, size: 14, bold: true, anchor: 'start', fill: INK },
      ...entries.flatMap((entry, index) => {
        const left = MARGIN + (index % columns) * cell.width;
        const top = TITLE + MARGIN / 2 + Math.floor(index / columns) * cell.height;
        return entryStrokes(entry, left, top, room, cell.width - MARGIN);
      }),
    ],
  };
}

function entryStrokes(
  { images, name, figure }: SheetEntry,
  left: number,
  top: number,
  room: { readonly width: number; readonly height: number },
  width: number,
): Stroke[] {
  const baseline = { y: top + room.height + WORDS / 2 + 4, size: SIZE } as const;
  const nameRoom = width - textWidth(figure, SIZE) - 8;
  return [
    ...images.map((picture, index): Stroke => {
      const fit = pixelFit(picture, room, 1);
      const x = left + index * (room.width + GAP) + Math.round((room.width - fit.width) / 2);
      const y = top + Math.round((room.height - fit.height) / 2);
      return { kind: 'image', image: picture, x, y, width: fit.width, height: fit.height };
    }),
    { kind: 'text', text: figure, x: left + width, ...baseline, anchor: 'end', fill: INK },
    ...(name === ''
      ? []
      : [
          {
            kind: 'text',
            text: shortened(name, SIZE, nameRoom),
            x: left,
            ...baseline,
            anchor: 'start',
            fill: MUTED,
          } as const,
        ]),
  ];
}
