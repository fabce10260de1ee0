import type { Rgba } from '../../maths/rgba.ts';

/** A picture that leaves the window: on white paper, whatever the window looks like. Lengths are in units of its own. */
export interface Figure {
  readonly width: number;
  readonly height: number;
  /** Pixels of a PNG file a unit. */
  readonly density: number;
  /** In the order they are drawn. */
  readonly strokes: readonly Stroke[];
}

/** What a figure is drawn from, on whatever: a path in SVG's language, a text, or a picture. */
export type Stroke = PathStroke | TextStroke | ImageStroke;

export interface PathStroke {
  readonly kind: 'path';
  readonly d: string;
  readonly fill?: string;
  readonly stroke?: string;
  readonly width?: number;
  /** Lengths of dash and gap. */
  readonly dash?: readonly number[];
  /** Round ends make dots of the shortest lines. */
  readonly round?: boolean;
  /** 0-1; 1 where it is left out. */
  readonly opacity?: number;
}

export interface TextStroke {
  readonly kind: 'text';
  readonly text: string;
  readonly x: number;
  /** Of its baseline. */
  readonly y: number;
  readonly size: number;
  readonly bold?: boolean;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly fill: string;
  /** Read from below to above. */
  readonly upwards?: boolean;
  /** White around it, so that it is read on points and pictures. */
  readonly halo?: boolean;
}

export interface ImageStroke {
  readonly kind: 'image';
  readonly image: Rgba;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const FIGURE_FONT = 'Helvetica, Arial, sans-serif';
export const INK = '#191d23';
export const MUTED = '#59636e';
export const HAIRLINE = '#cfd5dc';
export const FRAME = '#8a919a';

/** Of a halo, each side. */
export const HALO = 2.5;

/** Lengths as they are written: a tenth of a unit is finer than any print. */
export const short = (value: number) => String(Math.round(value * 10) / 10);

/** About how wide a text is: no measuring, so that a figure is the same wherever it is made. */
export const textWidth = (text: string, size: number) => 0.56 * size * text.length;

/** A text with its end left out where it would be wider than this. */
export function shortened(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  return `${text.slice(0, Math.max(0, Math.floor(width / (0.56 * size)) - 1))}…`;
}

export const line = (x1: number, y1: number, x2: number, y2: number) =>
  `M${short(x1)} ${short(y1)}L${short(x2)} ${short(y2)}`;

export const box = (x: number, y: number, width: number, height: number) =>
  `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`;
