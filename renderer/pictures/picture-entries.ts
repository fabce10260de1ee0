import { imageAt } from '../maths/image-at.ts';
import type { Reconstructions } from '../../electron/contract/models.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';
import { shrunk } from './shrink.ts';

/** A picture and what the model made of it. All images hold one picture each. */
export interface PictureEntry {
  readonly kind: 'picture';
  readonly id: string;
  readonly name: string;
  /** As it came, small enough to be shown. */
  readonly original: ImageColumns;
  /** Prepared for the model, without noise. */
  readonly prepared: ImageColumns;
  /** What the model saw; `prepared` itself where no noise was added. */
  readonly seen: ImageColumns;
  readonly reconstruction: ImageColumns;
  /** Per pixel. */
  readonly mse: number;
  /** MSE × pixels. */
  readonly squaredError: number;
  /** Share of the validation images with a smaller error, 0-100; absent where the image set is gone. */
  readonly percentile?: number;
  /** In dB, of what the model saw and of what it made; absent without noise. */
  readonly psnr?: { readonly before: number; readonly after: number };
  readonly code: Float32Array<ArrayBuffer>;
  /** On the map's plane; absent where the image set is gone. */
  readonly place?: { readonly x: number; readonly y: number };
  readonly inverted: boolean;
  readonly centred: boolean;
}

/** A file that could not be read, and why. */
export interface ProblemEntry {
  readonly kind: 'problem';
  readonly id: string;
  readonly name: string;
  readonly message: string;
}

export type WallEntry = PictureEntry | ProblemEntry;

/** Longest side, in pixels, that originals are kept at: many pictures would fill the window's memory. */
export function keptSide(total: number): number {
  if (total <= 200) return 256;
  return total <= 2_000 ? 128 : 64;
}

/** An answer's columns as entries: the pictures in their order, then what could not be read. Ids begin with `prefix`. */
export function entriesOf(answer: Reconstructions, prefix: string, side = keptSide(answer.total)): WallEntry[] {
  const pictures = answer.names.map((name, index) => pictureAt(answer, index, name, `${prefix}-${index}`, side));
  const problems = answer.problems.map(({ name, message }, index) => ({
    kind: 'problem' as const,
    id: `${prefix}-problem-${index}`,
    name,
    message,
  }));
  return [...pictures, ...problems];
}

function pictureAt(answer: Reconstructions, index: number, name: string, id: string, side: number): PictureEntry {
  const percentile = answer.percentiles[index] ?? Number.NaN;
  const place = { x: answer.places.x[index] ?? Number.NaN, y: answer.places.y[index] ?? Number.NaN };
  const before = answer.psnrBefore[index];
  const after = answer.psnrAfter[index];
  const codeSize = answer.codes.length / Math.max(1, answer.names.length);
  const prepared = imageAt(answer.prepared, index);
  return {
    kind: 'picture',
    id,
    name,
    original: shrunk(answer.originals[index]!, side),
    prepared,
    seen: before === undefined ? prepared : imageAt(answer.seen, index),
    reconstruction: imageAt(answer.reconstructions, index),
    mse: answer.mse[index]!,
    squaredError: answer.squaredErrors[index]!,
    ...(Number.isNaN(percentile) ? {} : { percentile }),
    ...(before === undefined || after === undefined ? {} : { psnr: { before, after } }),
    code: answer.codes.slice(index * codeSize, (index + 1) * codeSize),
    ...(Number.isFinite(place.x) && Number.isFinite(place.y) ? { place } : {}),
    inverted: answer.inverted[index] ?? false,
    centred: answer.centred[index] ?? false,
  };
}

export type WallOrder = 'error' | 'name' | 'given';

const names = new Intl.Collator('en', { numeric: true });

/** The entries in an order; by error the largest comes first, and what could not be read last. */
export function sorted(entries: readonly WallEntry[], order: WallOrder): readonly WallEntry[] {
  switch (order) {
    case 'given':
      return entries;
    case 'name':
      return [...entries].sort((a, b) => names.compare(a.name, b.name));
    case 'error':
      return [...entries].sort((a, b) => rank(b) - rank(a));
  }
}

/** An error that is not finite is the largest of all. */
function rank(entry: WallEntry): number {
  if (entry.kind === 'problem') return -1;
  return Number.isFinite(entry.squaredError) ? entry.squaredError : Number.MAX_VALUE;
}
