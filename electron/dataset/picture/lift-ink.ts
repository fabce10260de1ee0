import type { Picture } from './picture.ts';

/** Weaker than this share of the strongest ink is paper: shadows, ruling, what shines through. */
const LEAST_INK = 0.2;
/** Ink that differs less from the paper cannot be told from it, 0-255. */
const LEAST_CONTRAST = 24;
/** The strongest ink is taken from this share of the pixels, so that a speck does not set the scale. */
const STRONGEST = 0.005;
/** A border this near to black or white needs no help, 0-255. */
const PURE = 12;

/**
 * Lifts what is drawn off an uneven ground, as a photograph of paper has it: the ground becomes black, the ink light, its
 * strongest white. Lightness that changes evenly over the picture is allowed for; a pure ground is left as it is.
 * @param picture grey
 * @param ground whether its paper is light or dark
 * @returns light on dark; undefined where there is nothing to lift, or no need to
 */
export function liftInk(picture: Picture, ground: 'light' | 'dark'): Picture | undefined {
  const { pixels, width, height } = picture;
  const border = borderOf(width, height);
  if (border.every((at) => Math.abs(pixels[at]! - (ground === 'light' ? 255 : 0)) <= PURE)) return undefined;
  const paper = paperUnder(picture, border);
  const ink = inkOn(picture, paper, ground);
  const strongest = strongestOf(ink);
  const least = Math.max(LEAST_INK * strongest, 3 * paper.roughness);
  if (strongest - least < LEAST_CONTRAST) return undefined;
  const scale = 255 / (strongest - least);
  for (let at = 0; at < ink.length; at += 1) ink[at] = Math.max(0, Math.min(255, (ink[at]! - least) * scale));
  return { ...picture, pixels: ink };
}

/** How much each pixel differs from the paper, towards the ink: 0-255. */
function inkOn({ pixels, width, height }: Picture, paper: Paper, ground: 'light' | 'dark'): Uint8Array {
  const sign = ground === 'light' ? 1 : -1;
  const ink = new Uint8Array(pixels.length);
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) {
      const difference = sign * (paper.corner + paper.across * x + paper.down * y - pixels[at]!);
      ink[at] = Math.max(0, Math.min(255, difference));
    }
  }
  return ink;
}

function strongestOf(ink: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (let at = 0; at < ink.length; at += 1) counts[ink[at]!]! += 1;
  let above = 0;
  for (let value = 255; value > 0; value -= 1) {
    above += counts[value]!;
    if (above > STRONGEST * ink.length) return value;
  }
  return 0;
}

/** The places of the outermost pixels. */
function borderOf(width: number, height: number): number[] {
  const border: number[] = [];
  for (let x = 0; x < width; x += 1) border.push(x, (height - 1) * width + x);
  for (let y = 1; y < height - 1; y += 1) border.push(y * width, (y + 1) * width - 1);
  return border;
}

/** Lightness that changes evenly: corner + across · x + down · y. */
interface Paper {
  readonly corner: number;
  readonly across: number;
  readonly down: number;
  /** Standard deviation of the border around it, 0-255. */
  readonly roughness: number;
}

/** A plane through the border's lightness by least squares, a second time without what lies far off it (ink at the edge). */
function paperUnder({ pixels, width }: Picture, border: readonly number[]): Paper {
  const first = planeThrough(pixels, width, border);
  const near = border.filter((at) => Math.abs(offOf(first, pixels, width, at)) <= 2 * first.roughness);
  return near.length < border.length / 2 ? first : planeThrough(pixels, width, near);
}

function offOf({ corner, across, down }: Omit<Paper, 'roughness'>, pixels: Uint8Array, width: number, at: number) {
  return pixels[at]! - (corner + across * (at % width) + down * Math.floor(at / width));
}

function planeThrough(pixels: Uint8Array, width: number, places: readonly number[]): Paper {
  const mean = (value: (at: number) => number): number =>
    places.reduce((sum, at) => sum + value(at), 0) / places.length;
  const column = (at: number): number => at % width;
  const row = (at: number): number => Math.floor(at / width);
  // Around the means, the normal equations are two by two.
  const [x, y, z] = [mean(column), mean(row), mean((at) => pixels[at]!)];
  const xx = mean((at) => (column(at) - x) ** 2);
  const xy = mean((at) => (column(at) - x) * (row(at) - y));
  const yy = mean((at) => (row(at) - y) ** 2);
  const xz = mean((at) => (column(at) - x) * (pixels[at]! - z));
  const yz = mean((at) => (row(at) - y) * (pixels[at]! - z));
  const determinant = xx * yy - xy * xy;
  const flat = determinant < 1e-9;
  const across = flat ? 0 : (xz * yy - yz * xy) / determinant;
  const down = flat ? 0 : (yz * xx - xz * xy) / determinant;
  const plane = { corner: z - across * x - down * y, across, down };
  return { ...plane, roughness: Math.sqrt(mean((at) => offOf(plane, pixels, width, at) ** 2)) };
}
