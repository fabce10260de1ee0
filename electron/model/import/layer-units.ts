import type { PlainActivation } from '../../domain/layer-spec.ts';
import { LEAKY_SLOPE, type LayerFinish, type LayerShape } from '../../domain/layer-settings.ts';
import type { Padding, PlainStep, PlainWeight } from '../export/plain-model.ts';
import { bad, ONE_PATH, sizeOf, type ReadChain, type ReadOp } from './read-chain.ts';
import { residualParts, type ResidualParts } from './residual-unit.ts';

type Step<Kind extends PlainStep['kind']> = Extract<PlainStep, { kind: Kind }>;
export type NormStep = Step<'batch-norm' | 'layer-norm' | 'group-norm'>;

interface Common {
  readonly name: string;
  readonly inputShape: LayerShape;
  readonly shape: LayerShape;
}

/** A layer with weights, and what belongs to it. */
export interface Weighted extends Common, LayerFinish {
  readonly kernel: PlainWeight;
  readonly bias?: PlainWeight;
  readonly norm?: Step<'batch-norm'>;
  /** Of PReLU. */
  readonly alpha?: PlainWeight;
}

/** A foreign model's layer as the app counts them: weights, normalisation, activation and dropout are one, in this order. */
export type LayerUnit =
  | (Weighted & { readonly kind: 'dense' })
  | (Weighted & { readonly kind: 'conv'; readonly stride: number; readonly padding: Padding })
  /** `depthwise` is its first kernel, `kernel` the 1 × 1 one. */
  | (Weighted & {
      readonly kind: 'separable';
      readonly depthwise: PlainWeight;
      readonly stride: number;
      readonly padding: Padding;
    })
  /** `top`, `left`: where the output begins in all that the kernels reach. */
  | (Weighted & {
      readonly kind: 'conv-transpose';
      readonly stride: number;
      readonly top: number;
      readonly left: number;
    })
  /** `alpha`: slopes of a PReLU behind the sum. */
  | (Common & ResidualParts & { readonly kind: 'residual'; readonly alpha?: PlainWeight })
  /** `takesPositive`: nothing that comes in is below 0, so that zeros around it are no larger than any of it. */
  | (Common & Step<'pool'> & { readonly takesPositive: boolean })
  | (Common & Step<'global-pool'>)
  | (Common & Step<'upsample'>)
  | (Common & { readonly kind: 'norm'; readonly norm: NormStep })
  | (Common & {
      readonly kind: 'activation';
      readonly activation: PlainActivation | 'prelu';
      readonly slope?: number;
      readonly alpha?: PlainWeight;
    })
  | (Common & {
      readonly kind: 'dropout';
      readonly method: 'units' | 'channels' | 'gaussian';
      readonly rate: number;
    })
  | (Common & Step<'pad' | 'crop'>)
  | (Common & Step<'rescale'>)
  | (Common & { readonly kind: 'reshape' });

/**
 * Gathers a chain's steps into layers.
 * @throws StudioError `bad-file` naming the step that the app's layers cannot say
 */
export function layerUnits(chain: ReadChain): LayerUnit[] {
  const gathering = new Gathering(chain);
  for (const op of chain.ops) gathering.take(op);
  return withoutIdleReshapes(gathering.units, chain);
}

/** How an activation is said: a leaky ReLU with another slope than the usual, a PReLU with its slopes. */
interface Bent {
  readonly activation: PlainActivation | 'prelu';
  readonly slope?: number;
  readonly alpha?: PlainWeight;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type WeightedUnit = Extract<LayerUnit, Weighted>;

const linear = { activation: 'linear', batchNorm: false, dropout: 0 } as const;

export const isWeighted = (unit: LayerUnit | undefined): unit is WeightedUnit => unit !== undefined && 'kernel' in unit;

class Gathering {
  readonly units: LayerUnit[] = [];
  private readonly chain: ReadChain;

  constructor(chain: ReadChain) {
    this.chain = chain;
  }

  take(op: ReadOp): void {
    const { name, inputShape, shape } = op;
    const common = { name, inputShape, shape };
    switch (op.kind) {
      case 'dense':
        this.units.push({ kind: 'dense', ...common, kernel: op.kernel, ...biasOf(op.bias), ...linear });
        return;
      case 'conv':
        return this.convolve(op);
      case 'conv-transpose': {
        const { kind, kernel, bias, stride, top, left } = op;
        this.units.push({ kind, ...common, kernel, ...biasOf(bias), stride, top, left, ...linear });
        return;
      }
      case 'depthwise':
        // Until a 1 × 1 convolution follows, that of an identity.
        this.units.push({ ...common, ...linear, kind: 'separable', ...asSeparable(op) });
        return;
      case 'batch-norm':
      case 'layer-norm':
      case 'group-norm':
        return this.normalise(op);
      case 'activation':
      case 'prelu':
        return this.activate(op);
      case 'dropout':
        return this.dropOut(op);
      case 'crop':
        return this.crop(op);
      case 'flatten':
      case 'reshape':
        return this.reshape(op);
      case 'residual': {
        const parts = residualParts(op, (bend) => this.bendingOf(bend), this.chain.file);
        this.units.push({ kind: 'residual', ...common, ...parts });
        return;
      }
      case 'pool':
        this.units.push({ ...op, takesPositive: this.isPositive() });
        return;
      case 'conditional':
      case 'quantise':
        throw this.bad(op, ONE_PATH, `a step "${op.kind}": export the model without it`);
      default:
        this.units.push(op);
    }
  }

  private convolve(op: Extract<ReadOp, { kind: 'conv' }>): void {
    const { name, inputShape, shape, kernel, bias, stride, padding } = op;
    const last = this.units.at(-1);
    const [high = 0, wide = 0] = kernel.shape;
    const isPointwise = high === 1 && wide === 1 && stride === 1 && Object.values(padding).every((side) => side === 0);
    if (
      last?.kind === 'separable' &&
      isIdentity(last.kernel) &&
      isPlain(last) &&
      last.bias === undefined &&
      isPointwise
    ) {
      const { depthwise, inputShape: before } = last;
      const own = { name, shape, inputShape: before, kernel, ...biasOf(bias), depthwise };
      this.units[this.units.length - 1] = { ...last, ...own };
      return;
    }
    this.units.push({ kind: 'conv', name, inputShape, shape, kernel, ...biasOf(bias), stride, padding, ...linear });
  }

  /** Batch normalisation belongs to the layer before it where that has neither been bent nor made an image of rows. */
  private normalise(op: Extract<ReadOp, NormStep>): void {
    const unit = this.units.at(-1);
    const isOwn = isWeighted(unit) && isPlain(unit) && (unit.kind !== 'dense' || unit.shape.length === 1);
    if (op.kind === 'batch-norm' && isOwn) Object.assign(unit, { batchNorm: true, norm: op });
    else this.units.push({ kind: 'norm', name: op.name, inputShape: op.inputShape, shape: op.shape, norm: op });
  }

  private activate(op: Extract<ReadOp, { kind: 'activation' | 'prelu' }>): void {
    const bent = this.bendingOf(op);
    const unit = this.units.at(-1);
    if (unit?.kind === 'residual' && this.bendsSum(unit, bent)) return;
    const isOwn = isWeighted(unit) && unit.activation === 'linear' && unit.dropout === 0;
    // PReLU has a slope for each unit, which an image that a dense layer makes has no more.
    const fits = isOwn && (bent.alpha === undefined || unit.kind !== 'dense' || unit.shape.length === 1);
    if (fits) Object.assign(unit, bent);
    else this.units.push({ kind: 'activation', name: op.name, inputShape: op.inputShape, shape: op.shape, ...bent });
  }

  /** The activation between a block's convolutions stands behind its sum too. */
  private bendsSum(unit: Draft<Extract<LayerUnit, { kind: 'residual' }>>, { activation, slope, alpha }: Bent): boolean {
    if (!unit.plainSum || unit.before !== undefined) return false;
    if (unit.activation !== activation || unit.slope !== slope) return false;
    unit.plainSum = false;
    if (alpha !== undefined) unit.alpha = alpha;
    return true;
  }

  /** Whether nothing that the last layer gives is below 0. */
  private isPositive(): boolean {
    const unit = this.units.findLast(({ kind }) => kind !== 'dropout' && kind !== 'pool');
    const isBare = unit?.kind === 'residual' && unit.plainSum;
    return unit !== undefined && 'activation' in unit && !isBare && positive.has(unit.activation);
  }

  private bendingOf(op: Extract<ReadOp, { kind: 'activation' | 'prelu' }>): Bent {
    if (op.kind === 'prelu') {
      const channels = op.shape.at(-1) ?? 1;
      if (op.alpha.data.length !== channels) {
        const found = `${op.alpha.data.length}: share each channel’s among its places, and train it on`;
        throw this.bad(op, `a PReLU of ${channels} slopes, one a channel`, found);
      }
      return { activation: 'prelu', alpha: op.alpha } as const;
    }
    const { activation, slope = 0 } = op;
    if (activation !== 'leaky-relu' || Math.abs(slope - LEAKY_SLOPE) < 1e-6) return { activation };
    if (slope < 0 || slope > 0.99)
      throw this.bad(op, 'a leaky ReLU of slope 0 to 0.99', `${slope}: use one of these, and train it on`);
    // As it was said, before it was float32.
    return { activation, slope: Number(slope.toPrecision(6)) };
  }

  /** Only training knows it. */
  private dropOut(op: Extract<ReadOp, { kind: 'dropout' }>): void {
    if (!(op.rate > 0 && op.rate <= 0.95)) return;
    const unit = this.units.at(-1);
    const { name, inputShape, shape, method, rate } = op;
    if (method === 'units' && isWeighted(unit) && unit.dropout === 0) (unit as Draft<typeof unit>).dropout = rate;
    else this.units.push({ kind: 'dropout', name, inputShape, shape, method, rate });
  }

  /** What is cut off an image that was enlarged is not made. */
  private crop(op: Extract<ReadOp, { kind: 'crop' }>): void {
    const unit = this.units.at(-1);
    const { top, left, bottom, right } = op.padding;
    if (top + left + bottom + right === 0) return;
    if (unit?.kind === 'conv-transpose') {
      Object.assign(unit, { top: unit.top + top, left: unit.left + left, shape: op.shape });
    } else if (unit?.kind === 'upsample' && top === 0 && left === 0) Object.assign(unit, { shape: op.shape });
    else this.units.push(op);
  }

  /** Rows become an image after a dense layer. */
  private reshape(op: Extract<ReadOp, { kind: 'flatten' | 'reshape' }>): void {
    const unit = this.units.at(-1);
    const isMade =
      unit?.kind === 'dense' && unit.shape.length === 1 && unit.alpha === undefined && op.shape.length === 3;
    if (isMade) (unit as Draft<typeof unit>).shape = op.shape;
    else this.units.push({ kind: 'reshape', name: op.name, inputShape: op.inputShape, shape: op.shape });
  }

  private bad({ name }: ReadOp, expected: string, found: string) {
    return bad(`${this.chain.file}: ${name}`, expected, found);
  }
}

/** What gives nothing below 0. */
const positive: ReadonlySet<string> = new Set(['relu', 'sigmoid', 'clip', 'softplus']);

/** Neither normalised nor bent yet, nor silenced. */
const isPlain = ({ activation, batchNorm, dropout }: LayerFinish): boolean =>
  activation === 'linear' && !batchNorm && dropout === 0;

function asSeparable(op: Extract<ReadOp, { kind: 'depthwise' }>) {
  const channels = op.kernel.shape[2] ?? 1;
  const data = new Float32Array(channels * channels);
  for (let at = 0; at < data.length; at += channels + 1) data[at] = 1;
  const kernel = { name: `${op.name}/identity`, shape: [1, 1, channels, channels], data };
  return { depthwise: op.kernel, kernel, stride: op.stride, padding: op.padding };
}

function isIdentity({ shape: [, , ins = 1, outs = 1], data }: PlainWeight): boolean {
  return ins === outs && data.every((value, at) => value === (at % (outs + 1) === 0 ? 1 : 0));
}

/** Shapes that change nothing: back and forth, rows before a dense layer, images of what the app has as images anyway. */
function withoutIdleReshapes(units: readonly LayerUnit[], { inputShape, ops }: ReadChain): LayerUnit[] {
  // Rows of a file are images here.
  const taken = ops[0]?.inputShape ?? inputShape;
  const kept: LayerUnit[] = [];
  units.forEach((unit, index) => {
    if (unit.kind !== 'reshape') {
      kept.push(unit);
      return;
    }
    const next = units[index + 1];
    const before = kept.at(-1)?.shape ?? taken;
    const isIdle = next?.kind === 'reshape' || next === undefined || unit.shape.join() === before.join();
    const isFlat = unit.shape.length === 1 && next?.kind === 'dense';
    const isFirst = kept.length === 0 && unit.shape.length === 3;
    if (!isIdle && !isFlat && !isFirst) kept.push(unit);
  });
  return kept;
}

const biasOf = (bias: PlainWeight | undefined): { bias?: PlainWeight } => (bias === undefined ? {} : { bias });

/** What a layer gives, counted in values: the narrowest is where the code is. */
export const widthOf = ({ shape }: LayerUnit): number => sizeOf(shape);
