import type { ImageColumns } from '../../../electron/domain/words.ts';
import { imageAt } from '../../maths/image-at.ts';
import { roomFor } from '../pixel-fit.ts';
import { toRgba } from '../../maths/rgba.ts';
import { INK, MUTED, shortened, type Figure, type Stroke } from './figure.ts';

/** A row of images with what it is called, and a word or a number under each. */
export interface PictureRow {
  readonly name: string;
  /** Under the name. */
  readonly note?: string;
  readonly images: ImageColumns;
  readonly captions?: readonly string[];
}

const MARGIN = 24;
const NAMES = 230;
const TOP = 60;
const GAP = 6;
const CAPTION = 18;
const ROOM = 84;

/** Draws rows of images below each other, every pixel a square of whole units. */
export function picturesFigure(title: string, rows: readonly PictureRow[]): Figure {
  const columns = Math.max(1, ...rows.map(({ images }) => images.count));
  const widest = Math.max(1, ...rows.map(({ images }) => roomFor(images, ROOM).width));
  const width = MARGIN + NAMES + columns * (widest + GAP) - GAP + MARGIN;
  let top = TOP;
  const strokes = rows.flatMap((row): Stroke[] => {
    const drawn = rowStrokes(row, top, widest);
    top += roomFor(row.images, ROOM).height + (row.captions ? CAPTION : 0) + 2 * GAP;
    return drawn;
  });
  const words = shortened(title, 20, width - 2 * MARGIN);
  return {
    width,
    height: top + MARGIN - GAP,
    density: 2,
    strokes: [
      { kind: 'text', text: words, x: MARGIN, y: 36, size: 20, bold: true, anchor: 'start', fill: INK },
      ...strokes,
    ],
  };
}

function rowStrokes({ name, note, images, captions }: PictureRow, top: number, widest: number): Stroke[] {
  const room = roomFor(images, ROOM);
  const middle = top + room.height / 2;
  const text = { kind: 'text', x: MARGIN, anchor: 'start' } as const;
  return [
    { ...text, text: shortened(name, 15, NAMES - GAP), y: note ? middle : middle + 5, size: 15, fill: INK },
    ...(note ? [{ ...text, text: shortened(note, 12, NAMES - GAP), y: middle + 16, size: 12, fill: MUTED }] : []),
    ...Array.from({ length: images.count }).flatMap((_, index): Stroke[] => {
      const x = MARGIN + NAMES + index * (widest + GAP) + (widest - room.width) / 2;
      const caption = captions?.[index];
      return [
        { kind: 'image', image: toRgba(imageAt(images, index)), x, y: top, ...room },
        ...(caption === undefined
          ? []
          : [
              {
                kind: 'text',
                text: caption,
                x: x + room.width / 2,
                y: top + room.height + 13,
                size: 12,
                anchor: 'middle',
                fill: MUTED,
              } as const,
            ]),
      ];
    }),
  ];
}
