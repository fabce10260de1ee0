import type { Preparation } from '../../contract/import-options.ts';
import type { PictureOptions } from '../../contract/models.ts';
import type { ImageColumns } from '../../domain/words.ts';
import { MNIST_ID } from '../../domain/ids.ts';
import { flatten, greyOf, colourOf, type Colour, type Picture } from '../../dataset/picture/picture.ts';
import { liftInk } from '../../dataset/picture/lift-ink.ts';
import { prepare } from '../../dataset/picture/prepare.ts';
import { ImageSetStore } from '../../files/image-set-store.ts';
import { groundOf, groundOfImages, type Ground } from './ground.ts';
import type { TrainedModel } from './trained-model.ts';

/** Originals are shown at most this large: pixels a side; where there are many, as thumbnails. */
export const MOST_SHOWN = { few: 256, many: 128 } as const;

/** Half of the range, of lightness and of opacity. */
const MIDDLE = 128;
/** Content whose lightness lies nearer to the background's cannot be made out. */
const LEAST_CONTRAST = 64;

/** How the images of a model's own set were made, and what they look like. */
export interface Manner {
  readonly preparation: Preparation;
  /** What most of its images stand on. */
  readonly ground: Ground | undefined;
  /** Whether its images are ink without paper: photographs of paper then lose theirs. */
  readonly liftsInk: boolean;
  /** Its images are tiles of large pictures, of so many of their pixels a side. */
  readonly tileSide?: number;
}

export interface PreparedPicture {
  /** uint8 [height, width, channels] of the model. */
  readonly pixels: Uint8Array;
  readonly inverted: boolean;
  readonly centred: boolean;
  /** Small enough to be shown: one RGB image of its own size. */
  readonly original: ImageColumns;
}

/**
 * How pictures become images of the model's set: as they were imported; MNIST's digits are light on black, centred by mass.
 * @param dataFolder of the app, where imported sets tell how they were made
 */
export async function mannerOf(model: TrainedModel, dataFolder: string): Promise<Manner> {
  const [height, width, channels] = model.spec.inputShape;
  const plain = {
    width,
    height,
    channels,
    fit: 'contain',
    background: '#000000',
    invert: false,
    centre: false,
  } as const;
  const set = await model.imageSetIfThere();
  if (set === undefined) return { preparation: plain, ground: undefined, liftsInk: false };
  const ground = groundOfImages(set.training.images);
  if (set.id === MNIST_ID) return { preparation: { ...plain, centre: true }, ground, liftsInk: true };
  const index = await readIndex(dataFolder, set.id);
  const background = ground === 'light' ? '#ffffff' : plain.background;
  if (index === undefined) return { preparation: { ...plain, background }, ground, liftsInk: false };
  const { fit, background: chosen, centre, range, bands } = index.options;
  const numbers = { ...(range === undefined ? {} : { range }), ...(bands === undefined ? {} : { bands }) };
  const preparation = { ...plain, fit, background: chosen, centre, invert: index.inverted, ...numbers };
  const { tiles } = index.options;
  return { preparation, ground, liftsInk: false, ...(tiles === undefined ? {} : { tileSide: tiles.side }) };
}

/** Undefined for a set that was not imported. */
async function readIndex(dataFolder: string, id: string) {
  return new ImageSetStore(dataFolder)
    .at(id)
    .readIndex()
    .catch(() => undefined);
}

/**
 * Makes the model's image of a picture. `auto` inverts where the picture's ground is light and the model's images stand on a
 * dark one, or the other way round (of grey models; where no ground can be told, as the set was); it centres where the set was
 * centred. Where that is MNIST, what is centred is the ink alone, lifted off paper that a photograph shows.
 */
export function preparePicture(
  picture: Picture,
  manner: Manner,
  options: PictureOptions,
  mostShown: number = MOST_SHOWN.few,
): PreparedPicture {
  const { over, ...prepared } = preparePixels(picture, manner, options);
  return { ...prepared, original: shown(over === undefined ? picture : flatten(picture, 3, over), mostShown) };
}

/** The same without what is shown of it; `over` is what a transparent picture lies on. */
export function preparePixels(
  picture: Picture,
  manner: Manner,
  options: PictureOptions,
): Omit<PreparedPicture, 'original'> & { readonly over?: Colour } {
  const { preparation } = manner;
  const set = colourOf(preparation.background);
  const content = contentOf(picture);
  const behind = content === undefined ? undefined : backgroundBehind(content, set);
  const over = behind ?? set;
  const flat = flatten(picture, preparation.channels, over);
  const ground = preparation.channels === 1 ? groundOf(flat.pixels, flat.width, flat.height) : undefined;
  const inverted = options.invert === 'auto' ? autoInverts(ground, manner) : options.invert === 'on';
  const centred = options.centre === 'auto' ? preparation.centre : options.centre === 'on';
  // The finished images have one ground, whether this picture had to be inverted for it or not.
  const padding = inverted === preparation.invert ? preparation.background : opposite(preparation.background);
  const chosen: Preparation = {
    ...preparation,
    fit: options.fit ?? preparation.fit,
    invert: inverted,
    centre: centred,
    background: behind === undefined ? padding : textOf(behind),
  };
  // What becomes light on dark; where the ground stays or becomes light there is none.
  const becomesDark = ground === (inverted ? 'light' : 'dark');
  const lifted = manner.liftsInk && centred && becomesDark ? liftInk(flat, ground) : undefined;
  const pixels =
    lifted === undefined ? prepare(flat, chosen) : prepare(lifted, { ...chosen, invert: false, background: '#000000' });
  return { pixels, inverted, centred, ...(content === undefined ? {} : { over }) };
}

function autoInverts(own: Ground | undefined, { ground, preparation }: Manner): boolean {
  return ground === undefined || own === undefined ? preparation.invert : own !== ground;
}

/** What a transparent picture shows; undefined where no background shines through. */
interface Content {
  /** Whether some pixels are more background than content. */
  readonly clear: boolean;
  /** Mean over the content, 0-255. */
  readonly lightness: number;
}

function contentOf({ channels, pixels }: Picture): Content | undefined {
  if (channels === 1 || channels === 3) return undefined;
  let [clear, opaque, weight, sum] = [false, true, 0, 0];
  for (let at = 0; at < pixels.length; at += channels) {
    const alpha = pixels[at + channels - 1]!;
    if (alpha < 255) opaque = false;
    if (alpha < MIDDLE) clear = true;
    weight += alpha;
    sum += alpha * (channels === 2 ? pixels[at]! : greyOf(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!));
  }
  return opaque ? undefined : { clear, lightness: weight === 0 ? 0 : sum / weight };
}

/** The set's background, or black or white where the content would not show on it; undefined for mere soft edges. */
function backgroundBehind({ clear, lightness }: Content, background: Colour): Colour | undefined {
  if (!clear) return undefined;
  if (Math.abs(lightness - greyOf(...background)) >= LEAST_CONTRAST) return background;
  return lightness >= MIDDLE ? [0, 0, 0] : [255, 255, 255];
}

function opposite(background: string): string {
  const [red, green, blue] = colourOf(background);
  return textOf([255 - red, 255 - green, 255 - blue]);
}

function textOf(colour: Colour): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** A picture as one RGB image of at most so many pixels a side: each the mean of those it stands for. Alpha is left out. */
function shown({ width, height, channels, pixels }: Picture, most: number): ImageColumns {
  const scale = Math.max(1, Math.max(width, height) / most);
  const [columns, rows] = [Math.max(1, Math.round(width / scale)), Math.max(1, Math.round(height / scale))];
  const [green, blue] = channels >= 3 ? [1, 2] : [0, 0];
  const small = new Uint8Array(columns * rows * 3);
  for (let row = 0, to = 0; row < rows; row += 1) {
    const top = Math.floor((row * height) / rows);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / rows));
    for (let column = 0; column < columns; column += 1, to += 3) {
      const left = Math.floor((column * width) / columns);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / columns));
      let [reds, greens, blues] = [0, 0, 0];
      for (let y = top; y < bottom; y += 1) {
        for (let at = (y * width + left) * channels; at < (y * width + right) * channels; at += channels) {
          reds += pixels[at]!;
          greens += pixels[at + green]!;
          blues += pixels[at + blue]!;
        }
      }
      const count = (bottom - top) * (right - left);
      small[to] = reds / count + 0.5;
      small[to + 1] = greens / count + 0.5;
      small[to + 2] = blues / count + 0.5;
    }
  }
  return { count: 1, width: columns, height: rows, channels: 3, pixels: small };
}
