import type { Activation } from '../../domain/experiment.ts';
import { LEAKY_SLOPE, type LayerFinish, type LayerShape } from '../../domain/layer-settings.ts';
import type { PlainWeight } from '../export/plain-model.ts';
import { bad, sizeOf, type ReadChain, type ReadOp } from './read-chain.ts';

export type NormStep = Extract<ReadOp, { kind: 'batch-norm' }>;

interface Common {
  /** As the file calls the layer. */
  readonly name: string;
  readonly inputShape: LayerShape;
  /** With what follows it: reshaped, cropped. */
  readonly shape: LayerShape;
}

/** A layer with weights, and what belongs to it. */
interface Weighted extends Common, LayerFinish {
  readonly kernel: PlainWeight;
  readonly bias?: PlainWeight;
  readonly norm?: NormStep;
}

/** A foreign model's layer as the app counts them: weights, normalisation, activation and dropout are one. */
export type LayerUnit =
  | (Weighted & { readonly kind: 'dense' })
  /** `top`, `left`: what is padded before the first row and column. */
  | (Weighted & { readonly kind: 'conv'; readonly stride: number; readonly top: number; readonly left: number })
  /** `top`, `left`: where the output begins in all that the kernels reach. */
  | (Weighted & {
      readonly kind: 'conv-transpose';
      readonly stride: number;
      readonly top: number;
      readonly left: number;
    })
  | (Common & { readonly kind: 'pool'; readonly method: 'max' | 'average'; readonly size: number })
  | (Common & { readonly kind: 'upsample'; readonly size: number });

/**
 * Gathers a chain's steps into layers.
 * @throws StudioError `bad-file` naming the step that the app's layers cannot say
 */
export function layerUnits(chain: ReadChain): LayerUnit[] {
  const units: LayerUnit[] = [];
  const gathering = new Gathering(chain, units);
  for (const op of chain.ops) gathering.take(op);
  return units;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

class Gathering {
  private readonly chain: ReadChain;
  private readonly units: LayerUnit[];

  constructor(chain: ReadChain, units: LayerUnit[]) {
    this.chain = chain;
    this.units = units;
  }

  take(op: ReadOp): void {
    const { name, inputShape, shape } = op;
    const linear = { activation: 'linear', batchNorm: false, dropout: 0 } as const;
    switch (op.kind) {
      case 'dense': {
        const { kernel, bias } = op;
        this.units.push({ kind: 'dense', name, inputShape, shape, kernel, ...biasOf(bias), ...linear });
        return;
      }
      case 'conv': {
        const { kernel, bias, stride, padding } = op;
        const { top, left } = padding;
        this.units.push({
          kind: 'conv',
          name,
          inputShape,
          shape,
          kernel,
          ...biasOf(bias),
          stride,
          top,
          left,
          ...linear,
        });
        return;
      }
      case 'conv-transpose': {
        const { kernel, bias, stride, top, left } = op;
        const own = { kind: 'conv-transpose', name, inputShape, shape } as const;
        this.units.push({ ...own, kernel, ...biasOf(bias), stride, top, left, ...linear });
        return;
      }
      case 'pool':
        this.checkPooling(op);
        this.units.push({ kind: 'pool', name, inputShape, shape, method: op.method, size: op.size });
        return;
      case 'upsample':
        this.units.push({ kind: 'upsample', name, inputShape, shape, size: op.size });
        return;
      case 'batch-norm':
        this.normalise(op);
        return;
      case 'activation':
        this.activate(op);
        return;
      case 'dropout':
        this.dropOut(op);
        return;
      case 'crop':
        this.crop(op);
        return;
      case 'flatten':
      case 'reshape':
        this.reshape(op);
    }
  }

  /** The app pads at the far edges, by no more than a whole window asks for. */
  private checkPooling(op: Extract<ReadOp, { kind: 'pool' }>): void {
    const [height = 1, width = 1] = op.inputShape;
    const { top, left } = op.padding;
    const spare = (size: number): number => Math.floor((Math.ceil(size / op.size) * op.size - size) / 2);
    if (top === spare(height) && left === spare(width)) return;
    throw this.bad(op, `padding of ${spare(height)} and ${spare(width)} at the top and left`, `${top} and ${left}`);
  }

  private normalise(op: NormStep): void {
    const unit = this.open(op, 'batch normalisation');
    if (unit.batchNorm || unit.activation !== 'linear') {
      throw this.bad(op, 'batch normalisation between a layer and its activation', `it after "${unit.name}"`);
    }
    unit.batchNorm = true;
    unit.norm = op;
  }

  private activate(op: Extract<ReadOp, { kind: 'activation' }>): void {
    const unit = this.open(op, 'an activation');
    if (unit.activation !== 'linear') {
      throw this.bad(op, 'one activation after each layer', `"${op.activation}" after "${unit.activation}"`);
    }
    if (op.activation === 'leaky-relu' && Math.abs((op.slope ?? 0) - LEAKY_SLOPE) > 1e-6) {
      throw this.bad(op, `a leaky ReLU of slope ${LEAKY_SLOPE}`, `one of slope ${op.slope}`);
    }
    unit.activation = op.activation satisfies Activation;
  }

  /** Only training knows it: where the app has no place for it, it goes. */
  private dropOut(op: Extract<ReadOp, { kind: 'dropout' }>): void {
    const unit = this.units.at(-1);
    if (unit === undefined || unit.kind === 'pool' || unit.kind === 'upsample' || unit.dropout > 0) return;
    if (op.rate >= 0 && op.rate <= 0.95) (unit as Draft<typeof unit>).dropout = op.rate;
  }

  private crop(op: Extract<ReadOp, { kind: 'crop' }>): void {
    const unit = this.units.at(-1);
    const [rows, columns] = [op.top, op.left];
    if (unit?.kind === 'conv-transpose') {
      Object.assign(unit, { top: unit.top + rows, left: unit.left + columns, shape: op.shape });
    } else if (unit?.kind === 'upsample' && rows === 0 && columns === 0) {
      Object.assign(unit, { shape: op.shape });
    } else {
      const after = unit === undefined ? 'the input' : `"${unit.name}"`;
      throw this.bad(op, 'cropping at the far edges of an enlarged image', `it after ${after}`);
    }
  }

  /** Rows become an image after a dense layer, or the other way round before one; what changes nothing is passed over. */
  private reshape(op: ReadOp): void {
    const unit = this.units.at(-1);
    // The input's own shape is looked at where its images' is found out.
    if (unit === undefined || op.shape.length === 1) return;
    const before = unit.shape;
    if (op.shape.join() === before.join()) return;
    if (unit.kind !== 'dense') {
      throw this.bad(op, `an image of ${before.join(' × ')}, or a dense layer before it`, op.shape.join(' × '));
    }
    (unit as Draft<typeof unit>).shape = op.shape;
  }

  private open(op: ReadOp, what: string): Draft<Extract<LayerUnit, LayerFinish>> {
    const unit = this.units.at(-1);
    if (unit !== undefined && unit.kind !== 'pool' && unit.kind !== 'upsample') return unit;
    const found = unit === undefined ? 'it at the input' : `it after "${unit.name}"`;
    throw this.bad(op, `${what} after a dense layer or a convolution`, found);
  }

  private bad({ name }: ReadOp, expected: string, found: string) {
    return bad(`${this.chain.file}: ${name}`, expected, found);
  }
}

const biasOf = (bias: PlainWeight | undefined): { bias?: PlainWeight } => (bias === undefined ? {} : { bias });

/** What a layer gives, counted in values: the narrowest is where the code is. */
export const widthOf = ({ shape }: LayerUnit): number => sizeOf(shape);
