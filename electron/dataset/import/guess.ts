import type { ImportOptions } from '../../contract/import-options.ts';
import { LEAST_SIZE } from '../../contract/import-options.ts';
import { flatten, greyOf, type Picture } from '../picture/picture.ts';
import { decodeItem, inOrder, reasonOf } from './read-item.ts';
import type { Source, SourceItem, UnreadFile } from './source.ts';

/** Pictures that are looked at before options are proposed. */
const SAMPLE = 24;
/** Files that are tried for them: some may be damaged. */
const MOST_TRIED = 120;
/** Pictures of many sizes become squares of this side, unless they are smaller. */
const USUAL_SIDE = 64;
/** Larger images are made only where a person asks for them: memory and time grow with their pixels. */
const MOST_PROPOSED = 256;
/** The share of the other direction's pixels that must agree before a ground counts as one. */
const MOSTLY = 0.8;
const LIGHT = 180;

export interface Guess {
  readonly options: ImportOptions;
  readonly autoInverts: boolean;
  /** Names of what the sample has decoded, or could not. */
  readonly tried: ReadonlySet<string>;
  /** What of the sample could not be read. */
  readonly unread: readonly UnreadFile[];
  /** In the middle of those that were looked at, by their shorter sides; absent for arrays. */
  readonly pictureSize?: { readonly width: number; readonly height: number };
}

/** What is seen of one picture. */
interface Look {
  readonly width: number;
  readonly height: number;
  readonly coloured: boolean;
  readonly transparent: boolean;
  /** The border is even and light, and what it surrounds is darker. */
  readonly darkOnLight: boolean;
  /** Of what is opaque in a transparent picture, the share that shows on each of the backgrounds. */
  readonly shows: readonly number[];
}

/** What may lie under transparent pictures, the first that shows most of each of them. */
const BACKGROUNDS = [
  { colour: '#000000', grey: 0 },
  { colour: '#ffffff', grey: 255 },
  { colour: '#808080', grey: 128 },
] as const;
/** Lightness must differ by so much to show. */
const LEAST_CONTRAST = 48;

/** Proposes options from a sample of the pictures, spread over all of them. */
export async function guessOptions(source: Source, name: string, atOnce: number): Promise<Guess> {
  const looks: Look[] = [];
  const unread: UnreadFile[] = [];
  const tried = new Set<string>();
  const look = async (item: SourceItem) => {
    const { name, label } = item;
    const seen = await lookAt(item).catch((error: unknown): UnreadFile => {
      return { name, reason: reasonOf(error, name), ...(label === undefined ? {} : { label }) };
    });
    return { name, seen };
  };
  for await (const { name: called, seen } of inOrder(sampled(source, SAMPLE, MOST_TRIED), atOnce, look)) {
    // Others may have been begun meanwhile: nobody hears what became of them.
    tried.add(called);
    if ('reason' in seen) unread.push(seen);
    else looks.push(seen);
    if (looks.length >= SAMPLE) break;
  }
  const most = (test: (look: Look) => boolean): boolean =>
    looks.length > 0 && looks.filter(test).length >= looks.length / 2;
  const coloured = looks.some((look) => look.coloured);
  const { width, height } = source.shape === undefined ? sizeOf(looks) : clamped(source.shape);
  const background = backgroundFor(
    looks,
    most((look) => look.darkOnLight),
  );
  const onLight = (look: Look): boolean => (look.transparent ? background === '#ffffff' : look.darkOnLight);
  const autoInverts = !coloured && most(onLight);
  const range = rangeOf(source);
  const hasBoth = source.splits.has('test') && source.splits.size > 1;
  return {
    autoInverts,
    tried,
    unread,
    ...(source.shape === undefined && looks.length > 0 ? { pictureSize: middleSize(looks) } : {}),
    options: {
      name,
      width,
      height,
      channels: coloured ? 3 : 1,
      fit: 'contain',
      ...(range === undefined ? {} : { range }),
      background,
      invert: 'auto',
      centre: false,
      labels: 'folders',
      test: hasBoth ? { kind: 'folders' } : { kind: 'every', n: 10 },
      // Rows of an array are what their maker chose; files are dropped twice by accident.
      duplicates: source.shape === undefined ? 'skip' : 'keep',
    },
  };
}

function middleSize(looks: readonly Look[]): { readonly width: number; readonly height: number } {
  const ascending = looks.toSorted((a, b) => Math.min(a.width, a.height) - Math.min(b.width, b.height));
  const { width, height } = ascending[ascending.length >> 1]!;
  return { width, height };
}

/** What the numbers of a source mean; undefined where all are simply 0 to 255, or of kinds that mean different things. */
function rangeOf({ numbers, numberKinds }: Source): ImportOptions['range'] {
  return numberKinds !== undefined || numbers === undefined || numbers.isEmpty || numbers.areBytes
    ? undefined
    : numbers.range();
}

/** What shows most of the transparent picture of which it shows least; without such pictures, what the others stand on. */
function backgroundFor(looks: readonly Look[], onLight: boolean): string {
  const transparent = looks.filter((look) => look.transparent);
  if (transparent.length === 0) return onLight ? '#ffffff' : '#000000';
  const shown = BACKGROUNDS.map((_, place) => Math.min(...transparent.map(({ shows }) => shows[place]!)));
  return BACKGROUNDS[shown.indexOf(Math.max(...shown))]!.colour;
}

/**
 * Items spread over the source; arrays are read only as far as their first rows.
 * @param most given at most, where some cannot be read: those in between follow once the others have been given
 */
export async function* sampled(source: Source, count: number, most = count): AsyncGenerator<SourceItem> {
  const step = source.shape === undefined ? Math.max(1, source.count / most) : 1;
  const spread: SourceItem[] = [];
  let index = 0;
  for await (const item of source.items()) {
    if (index >= spread.length * step) spread.push(item);
    index += 1;
    if (spread.length >= most) break;
  }
  const first = Array.from({ length: Math.min(count, spread.length) }, (_, place) =>
    Math.floor((place * spread.length) / Math.min(count, spread.length)),
  );
  const taken = new Set(first);
  for (const place of first) yield spread[place]!;
  for (const [place, item] of spread.entries()) if (!taken.has(place)) yield item;
}

async function lookAt(item: SourceItem): Promise<Look> {
  const { picture, size } = await decodeItem(item, { width: USUAL_SIDE, height: USUAL_SIDE });
  const grey = flatten(picture, 1, [255, 255, 255]).pixels;
  const { width, height } = picture;
  const border: number[] = [];
  for (let x = 0; x < width; x += 1) border.push(grey[x]!, grey[(height - 1) * width + x]!);
  for (let y = 0; y < height; y += 1) border.push(grey[y * width]!, grey[(y + 1) * width - 1]!);
  border.sort((a, b) => a - b);
  const median = border[border.length >> 1]!;
  const even = border.filter((value) => Math.abs(value - median) < 32).length > border.length * MOSTLY;
  const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length;
  return {
    width: size.width,
    height: size.height,
    coloured: isColoured(picture),
    ...alphaOf(picture),
    darkOnLight: even && median > LIGHT && mean < median - 4,
  };
}

function isColoured({ channels, pixels }: Picture): boolean {
  if (channels < 3) return false;
  let coloured = 0;
  for (let at = 0; at < pixels.length; at += channels) {
    const [red, green, blue] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 16) coloured += 1;
  }
  return coloured > pixels.length / channels / 100;
}

function alphaOf({ channels, pixels }: Picture): Pick<Look, 'transparent' | 'shows'> {
  const nothing = { transparent: false, shows: BACKGROUNDS.map(() => 1) };
  if (channels === 1 || channels === 3) return nothing;
  const greys: number[] = [];
  for (let at = 0; at < pixels.length; at += channels) {
    if (pixels[at + channels - 1]! < 128) continue;
    greys.push(channels === 2 ? pixels[at]! : greyOf(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!));
  }
  const transparent = greys.length < pixels.length / channels;
  if (!transparent || greys.length === 0) return nothing;
  const shows = BACKGROUNDS.map(
    ({ grey: ground }) => greys.filter((grey) => Math.abs(grey - ground) >= LEAST_CONTRAST).length / greys.length,
  );
  return { transparent, shows };
}

function clamped({ width, height }: { readonly width: number; readonly height: number }) {
  const scale = Math.min(1, MOST_PROPOSED / Math.max(width, height));
  const side = (length: number): number => Math.max(LEAST_SIZE, Math.min(MOST_PROPOSED, Math.round(length * scale)));
  return { width: side(width), height: side(height) };
}

/** Their own size where all have one that fits; else their common proportions, or a square. */
function sizeOf(looks: readonly Look[]): { readonly width: number; readonly height: number } {
  const [first] = looks;
  if (first === undefined) return { width: USUAL_SIDE, height: USUAL_SIDE };
  const same = looks.every(({ width, height }) => width === first.width && height === first.height);
  const longest = Math.max(...looks.map(({ width, height }) => Math.max(width, height)));
  if (same && longest <= MOST_PROPOSED) return clamped(first);
  const ratio = first.width / first.height;
  const alike = looks.every(({ width, height }) => Math.abs(width / height / ratio - 1) < 0.02);
  const long = Math.max(LEAST_SIZE, Math.min(USUAL_SIDE, longest));
  if (!alike || Math.abs(ratio - 1) < 0.02) return { width: long, height: long };
  // Multiples of eight can be halved three times by a convolutional encoder.
  const short = Math.max(LEAST_SIZE, Math.round((long * Math.min(ratio, 1 / ratio)) / 8) * 8);
  return ratio >= 1 ? { width: long, height: short } : { width: short, height: long };
}
