import { StudioError } from '../../domain/errors.ts';
import type { LayerShape } from '../../domain/layer-settings.ts';
import type { PlainOp, PlainStep } from '../export/plain-model.ts';

/** One step of a foreign model: what exports are made of, and what only files from elsewhere have. */
export type ReadStep =
  | PlainStep
  /** Only in training. */
  | { readonly kind: 'dropout'; readonly method: 'units' | 'channels' | 'gaussian'; readonly rate: number };

export type ReadOp = ReadStep & {
  /** As the file has it: what messages call it. */
  readonly name: string;
  /** Of one image or row, without the batch. */
  readonly inputShape: LayerShape;
  readonly shape: LayerShape;
};

/** A foreign model as a chain of steps, and nothing else of its file. */
export interface ReadChain {
  /** What messages call the file. */
  readonly file: string;
  readonly format: 'TensorFlow.js' | 'Keras' | 'ONNX';
  /** [height, width, channels] or [units]. */
  readonly inputShape: LayerShape;
  readonly shape: LayerShape;
  readonly ops: readonly ReadOp[];
  /** What was left out because it changes nothing here, a sentence each. */
  readonly notes: readonly string[];
}

/** Of one value between two layers, and of all weights together; beyond it a file is not read. */
export const MOST_VALUES = 2 ** 29;

/** What a person can do about a file that is not whole. */
export const COPY_AGAIN = 'copy the file again, or save the model anew';

/** What is expected of a model's layers. */
export const ONE_PATH = 'one layer after another';

/** Puts steps one after another, each taking the shape that the one before has left; refuses those that do not fit. */
export class ChainBuilder {
  readonly file: string;
  readonly inputShape: LayerShape;
  readonly ops: ReadOp[] = [];
  readonly notes: string[] = [];
  /** Its input is scaled down from bytes. */
  takesBytes = false;
  /** Whether the images there have no axis of channels in the file. */
  lacksChannels = false;
  private current: LayerShape;

  /** @throws StudioError `bad-file` where the shape is no image's and no row's */
  constructor(file: string, inputShape: LayerShape) {
    this.file = file;
    if ((inputShape.length !== 1 && inputShape.length !== 3) || !inputShape.every(isSize)) {
      const found = `[${inputShape.join(', ')}]: export a model of single images`;
      throw bad(file, 'an input of images [height, width, channels] or rows [units]', found);
    }
    this.inputShape = inputShape;
    this.current = inputShape;
  }

  get shape(): LayerShape {
    return this.current;
  }

  /** @throws StudioError `bad-file` where the layer takes images and the model has rows there, or has none left */
  imageShape(name: string): readonly [number, number, number] {
    const [height, width, channels] = this.current;
    if (height === undefined || width === undefined || channels === undefined) {
      throw this.bad(name, 'an image', `${height} values in a row: reshape them before`);
    }
    return [height, width, channels];
  }

  /** @throws StudioError `bad-file` where what the step makes has no size it can have */
  add(name: string, step: ReadStep, shape: LayerShape = this.current): void {
    const values = sizeOf(shape);
    if (!shape.every(isSize) || values > MOST_VALUES) {
      throw this.bad(
        name,
        `an output of 1 to ${MOST_VALUES} values`,
        `[${shape.join(', ')}]: use other sizes or strides there`,
      );
    }
    this.ops.push({ ...step, name, inputShape: this.current, shape });
    this.current = shape;
  }

  /** Puts another step in the place of the last. */
  replaceLast(op: ReadOp): void {
    this.ops[this.ops.length - 1] = op;
    this.current = op.shape;
  }

  /**
   * Takes the steps from this index on out of the chain, which then goes on from what they take.
   * @throws StudioError `bad-file` where they are none
   */
  setAside(name: string, from: number): readonly ReadOp[] {
    const aside = this.ops.splice(from);
    const [first] = aside;
    if (first === undefined) throw this.bad(name, ONE_PATH, 'a second path: leave it out, and save it again');
    this.current = first.inputShape;
    return aside;
  }

  /**
   * Makes one step of those from this index on: what they give is added to what they take, or to what the steps set aside before make of
   * that; of no steps it is twice what comes in.
   * @throws StudioError `bad-file` where the two are of other shapes
   */
  addTo(name: string, from: number, aside?: readonly ReadOp[]): void {
    const last = this.ops.slice(from);
    // A value added to itself.
    if (aside === undefined && last.length === 0) return this.add(name, { kind: 'rescale', scale: 2, offset: 0 });
    const [ops, shortcut] = aside === undefined ? [last, []] : [aside, last];
    const inputShape = ops[0]?.inputShape;
    const { current: shape } = this;
    const added = aside === undefined ? inputShape : aside.at(-1)?.shape;
    const isWhole = ops.length > 0 && (aside === undefined || shortcut.length > 0);
    if (!isWhole || inputShape === undefined || added?.join() !== shape.join()) {
      throw this.bad(
        name,
        ONE_PATH,
        'a sum of two of other shapes: let each shortcut add what comes in, as it is or by one convolution of 1 × 1, train the model on, and save it again',
      );
    }
    this.ops.splice(from);
    this.ops.push({ kind: 'residual', name, ops: computing(ops), shortcut: computing(shortcut), inputShape, shape });
  }

  /** Whether a model that is scaled by so much at its end gives bytes. */
  givesBytes(scale: number): boolean {
    return this.takesBytes && Math.abs(scale) * MOST_BYTE_SCALE >= 1;
  }

  finish(format: ReadChain['format']): ReadChain {
    this.givePixels();
    const { file, inputShape, ops, notes } = this;
    return { file, format, inputShape, shape: this.current, ops, notes };
  }

  /** What a model of bytes scales up at its end are bytes again. */
  private givePixels(): void {
    const last = this.ops.at(-1);
    if (last?.kind !== 'rescale' || !this.givesBytes(last.scale)) return;
    const own = { ...last, scale: last.scale / 255, offset: last.offset / 255 };
    this.ops.pop();
    if (own.scale !== 1 || own.offset !== 0) this.ops.push(own);
    this.notes.push(`${last.name}: gives bytes; images here are pixels from 0 to 1.`);
  }

  bad(name: string, expected: string, found: string): StudioError {
    return bad(`${this.file}: ${name}`, expected, found);
  }
}

/** Without what only training knows. */
const computing = (ops: readonly ReadOp[]): readonly PlainOp[] =>
  ops.filter((op): op is PlainOp => op.kind !== 'dropout');

/** What is scaled by less at the input are bytes: of pixels from 0 to 1 nothing would be left. */
const MOST_BYTE_SCALE = 0.05;

/**
 * Adds x · scale + offset; at the input, of bytes as it may be there, it becomes one of pixels from 0 to 1.
 * @throws StudioError `bad-file` where nothing is left of x, or no number
 */
export function addRescaling(builder: ChainBuilder, name: string, scale: number, offset: number): void {
  if (!Number.isFinite(scale) || scale === 0)
    throw builder.bad(name, 'a number to scale by', `${scale}: export without it`);
  if (!Number.isFinite(offset)) throw builder.bad(name, 'a number to add', `${offset}: export without it`);
  const takesBytes = builder.ops.length === 0 && Math.abs(scale) < MOST_BYTE_SCALE;
  const exact = takesBytes ? 255 * scale : scale;
  // Of 1 / 255 as float32 there is a little more than 1.
  const own = Math.abs(exact - Math.round(exact)) < 1e-5 && takesBytes ? Math.round(exact) : exact;
  const isPlain = own === 1 && offset === 0;
  if (takesBytes) {
    builder.takesBytes = true;
    const how = isPlain
      ? 'takes bytes and divides them by 255; images here are divided already'
      : `takes bytes; pixels from 0 to 1 become the same by × ${own} + ${offset}`;
    builder.notes.push(`${name}: ${how}.`);
  }
  if (!isPlain) builder.add(name, { kind: 'rescale', scale: own, offset });
}

/**
 * Adds what is factor · x + summand between two values, and those beyond: by a rescaling on either side of the app's own clip, which is
 * between 0 and 1.
 */
export function clipped(
  builder: ChainBuilder,
  name: string,
  { least, most, factor, summand }: Readonly<Record<'least' | 'most' | 'factor' | 'summand', number>>,
): void {
  const range = most - least;
  const [scale, offset] = [factor / range, (summand - least) / range];
  if (scale !== 1 || offset !== 0) builder.add(name, { kind: 'rescale', scale, offset });
  builder.add(name, { kind: 'activation', activation: 'clip' });
  if (range !== 1 || least !== 0) builder.add(name, { kind: 'rescale', scale: range, offset: least });
}

export function bad(where: string, expected: string, found: string, cause?: unknown): StudioError {
  return new StudioError('bad-file', `${where}: expected ${expected}, found ${found}.`, { cause });
}

/** What is said of a model that does not give back what it takes. @param taken shape of an image, or of its values in a row */
export function noAutoencoder(file: string, taken: LayerShape, given: LayerShape): StudioError {
  if (isOtherImage(taken, given)) {
    const remedy =
      taken[2] === given[2]
        ? 'choose padding and strides by which it ends with that size'
        : 'end with as many channels, or take as many';
    const expected = `an autoencoder, which gives back images of ${taken.join(' × ')}`;
    return bad(file, expected, `images of ${given.join(' × ')}: ${remedy}, train it on, and save the model again`);
  }
  const [values, own] = [sizeOf(taken), sizeOf(given)];
  const expected = `an autoencoder, which gives back the ${values} values of an image`;
  const what = own < values ? 'a classifier, or an encoder without its decoder' : 'a decoder without its encoder';
  return bad(file, expected, `an output of ${own}: ${what}. Export encoder and decoder as one model`);
}

/** Grey or coloured images nearly as large as those taken: no code, and no classes. */
const isOtherImage = (taken: LayerShape, given: LayerShape): boolean =>
  taken.length === 3 &&
  (given[2] === 1 || given[2] === 3) &&
  given.slice(0, 2).every((side, axis) => 2 * side >= (taken[axis] ?? 0));

/** @param found such as "[?, ?, 1]" */
export const sizeOpen = (file: string, found: string): StudioError =>
  new StudioError(
    'size-open',
    `${file}: expected the size of its images to be said (such as 28×28×1), as the file leaves it open, found ${found}.`,
  );

export const sizeOf = (shape: LayerShape): number => shape.reduce((all, size) => all * size, 1);

const isSize = (size: number): boolean => Number.isSafeInteger(size) && size > 0;
