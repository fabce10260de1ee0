import type { LayerShape } from '../../../domain/layer-settings.ts';
import type { PlainStep, PlainWeight } from '../../export/plain-model.ts';
import { addRescaling, ChainBuilder, clipped, sizeOf, type ReadChain, type ReadOp } from '../read-chain.ts';
import { Layout } from './layout.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { activationOf, clipOf, identity, lineOf, scaledActivationOf, type ScalarFunction } from './scalar-functions.ts';

/** A value of the graph that comes of the input. */
export interface ChainValue {
  /** Of the node that gives it. */
  readonly name: string;
  /** Which of the chain's states it is. */
  readonly step: number;
  readonly layout: Layout;
  /** What has been done to each number since, not yet a step of the chain. */
  readonly computed: ScalarFunction;
}

type Weighted = Extract<ReadOp, { kind: 'dense' | 'conv' | 'conv-transpose' }>;

/** Writes the one path through an ONNX graph as a chain of plain steps, channels last. */
export class ChainWriter {
  readonly builder: ChainBuilder;
  private readonly room: MemoryBudget;
  private step = 0;
  /** How the input lies over the chain's own. */
  private inputLayout: Layout;

  /**
   * @param layout of the input over an image or row of that shape
   * @param room for weights that are copied
   */
  constructor(file: string, shape: LayerShape, layout: Layout, room: MemoryBudget) {
    this.builder = new ChainBuilder(file, shape);
    this.room = room;
    this.inputLayout = layout;
  }

  /** Room for weights that are written out larger than the file has them. */
  reserve(bytes: number): void {
    if (bytes > 0) this.room.take(bytes);
  }

  input(name: string): ChainValue {
    return { name, step: 0, layout: this.inputLayout, computed: identity };
  }

  /** Adds a step; what it gives lies in the chain's own order, or with its channels first. */
  add(name: string, step: Parameters<ChainBuilder['add']>[1], shape: LayerShape): ChainValue {
    this.builder.add(name, step, shape);
    this.step += 1;
    const layout = shape.length === 3 ? Layout.channelsFirst(shape) : Layout.plain(shape);
    return { name, step: this.step, layout, computed: identity };
  }

  /** @throws StudioError `bad-file` where the value is not the last of the chain */
  check({ name, step }: ChainValue, by: string): void {
    if (step === this.step) return;
    throw this.builder.bad(by, 'one layer after another', `a second path from "${name}"`);
  }

  /** Makes steps of what is still to be done to the value: its activation, and that its pixels are repeated. */
  settled(value: ChainValue, by: string): ChainValue {
    this.check(value, by);
    let current = value;
    if (value.computed.operators.length > 0) {
      this.compute(value);
      current = { ...value, step: this.step, computed: identity };
    }
    const { shape } = this.builder;
    const enlarged = shape.length === 3 ? current.layout.enlargement(shape) : undefined;
    if (enlarged === undefined) return current;
    const [height = 1, width = 1, channels = 1] = shape;
    const { times, layout } = enlarged;
    const step = this.add(value.name, { kind: 'upsample', size: times, method: 'nearest' }, [
      height * times,
      width * times,
      channels,
    ]);
    return { ...step, layout };
  }

  /** The value as an image with its channels first. @throws StudioError `bad-file` where it is none */
  image(value: ChainValue, by: string): ChainValue & { readonly shape: readonly [number, number, number] } {
    const current = this.settled(value, by);
    const [channels, height, width, ...more] = current.layout.dims;
    if (channels === undefined || height === undefined || width === undefined || more.length > 0) {
      throw this.builder.bad(by, 'an image', `[${current.layout.dims.join(', ')}]`);
    }
    const shape = [height, width, channels] as const;
    const layout = Layout.channelsFirst(shape);
    if (!current.layout.follows(layout)) this.lieAs(layout, current.layout, by);
    if (this.builder.shape.join() === shape.join()) return { ...current, layout, shape };
    return { ...this.add(by, { kind: 'reshape' }, shape), shape };
  }

  /**
   * The value as a row.
   * @returns beside it, for a row in another order than the chain's, what tells the chain's place of each of its numbers
   */
  row(
    value: ChainValue,
    by: string,
  ): { readonly units: number; readonly layout: Layout; readonly places?: () => Uint32Array } {
    const { layout } = this.settled(value, by);
    const [units, ...more] = layout.dims;
    if (units === undefined || more.length > 0) {
      throw this.builder.bad(by, 'rows of values', `images of [${layout.dims.join(', ')}]`);
    }
    if (units !== sizeOf(this.builder.shape)) throw this.builder.bad(by, 'each value once', 'some repeated');
    if (this.builder.shape.length > 1) this.add(by, { kind: 'flatten' }, [units]);
    return layout.follows(Layout.plain([units])) ? { units, layout } : { units, layout, places: () => layout.places() };
  }

  /** Multiplies and adds by channel, in the weights of the layer before. */
  scale(name: string, factors: ArrayLike<number>, summands: ArrayLike<number>): void {
    const last = this.builder.ops.at(-1);
    const at = (values: ArrayLike<number>, unit: number): number => values[values.length === 1 ? 0 : unit] as number;
    if (last?.kind === 'batch-norm' || last?.kind === 'group-norm' || last?.kind === 'layer-norm') {
      const scale = { ...last.scale, data: last.scale.data.map((value, unit) => value * at(factors, unit)) };
      const moved = last.shift.data.map((value, unit) => value * at(factors, unit) + at(summands, unit));
      this.replaceLast({ ...last, scale, shift: { ...last.shift, data: moved } });
    } else if (last?.kind === 'dense' || last?.kind === 'conv' || last?.kind === 'conv-transpose') {
      this.room.take(last.kernel.data.byteLength);
      this.replaceLast(scaledWeights(last, factors, summands, at));
    } else if (factors.length === 1 && summands.length === 1) {
      addRescaling(this.builder, name, at(factors, 0), at(summands, 0));
    } else this.normalise(name, factors, summands);
  }

  /** By channel, where there are no weights before it to take it in. */
  private normalise(name: string, factors: ArrayLike<number>, summands: ArrayLike<number>): void {
    const units = this.builder.shape.at(-1) ?? 1;
    const of = (suffix: string, values: ArrayLike<number>): PlainWeight => ({
      name: `${name}/${suffix}`,
      shape: [units],
      data: Float32Array.from({ length: units }, (_, unit) => values[values.length === 1 ? 0 : unit] as number),
    });
    const [mean, variance] = [of('mean', [0]), of('variance', [1])];
    this.builder.add(name, {
      kind: 'batch-norm',
      scale: of('scale', factors),
      shift: of('shift', summands),
      mean,
      variance,
      epsilon: 0,
    });
  }

  /** Ends the chain with this value, in the order of the input. @throws StudioError `bad-file` where it has another */
  finish(value: ChainValue): ReadChain {
    const { layout } = this.settled(value, value.name);
    const isWhole = layout.size === this.inputLayout.size;
    if (isWhole && !layout.follows(this.inputLayout)) this.lieAs(this.inputLayout, layout, value.name);
    return this.builder.finish('ONNX');
  }

  private compute({ name, computed }: ChainValue): void {
    const activation = activationOf(computed);
    const line = activation === undefined ? lineOf(computed) : undefined;
    const bent = activation === undefined && line === undefined ? scaledActivationOf(computed) : undefined;
    const clip = (activation ?? line ?? bent) ? undefined : clipOf(computed);
    if (activation !== undefined) this.builder.add(name, { kind: 'activation', ...activation });
    else if (line !== undefined) this.scale(name, [line.factor], [line.summand]);
    else if (bent !== undefined) {
      this.builder.add(name, { kind: 'activation', ...bent.activation });
      this.scale(name, [bent.factor], [bent.summand]);
    } else if (clip !== undefined) clipped(this.builder, name, clip);
    else {
      const found = `one made of ${computed.operators.join(', ')}`;
      throw this.builder.bad(name, 'an activation that the app knows', found);
    }
    this.step += 1;
  }

  /**
   * Changes the order in which the chain keeps its numbers, so that a value lying as `now` lies as `wanted`: the units of the dense
   * layer before change places, or those of the input.
   */
  private lieAs(wanted: Layout, now: Layout, by: string): void {
    const { ops } = this.builder;
    if (ops.length === 0 && now.follows(this.inputLayout)) {
      this.inputLayout = wanted;
      return;
    }
    const order = this.builder.bad(by, 'pixels in the order of the layer before', 'another');
    const first = ops.findLastIndex(({ kind }) => !['activation', 'batch-norm', 'reshape', 'flatten'].includes(kind));
    if (ops[first]?.kind !== 'dense' || now.size !== sizeOf(this.builder.shape)) throw order;
    const [from, to] = [now.places(), wanted.places()];
    const source = new Uint32Array(from.length);
    for (let at = 0; at < from.length; at += 1) source[to[at] as number] = from[at] as number;
    for (let index = first; index < ops.length; index += 1) {
      const op = ops[index] as ReadOp;
      if (op.kind === 'dense') {
        this.room.take(op.kernel.data.byteLength);
        ops[index] = { ...op, ...reordered(op, source) };
      }
      if (op.kind !== 'batch-norm') continue;
      if (op.scale.data.length !== source.length) throw order;
      const of = (weight: PlainWeight): PlainWeight => ({ ...weight, data: picked(weight.data, source) });
      ops[index] = { ...op, scale: of(op.scale), shift: of(op.shift), mean: of(op.mean), variance: of(op.variance) };
    }
  }

  private replaceLast(op: ReadOp): void {
    this.builder.ops[this.builder.ops.length - 1] = op;
  }
}

const picked = (values: Float32Array, source: Uint32Array): Float32Array =>
  Float32Array.from(source, (from) => values[from] as number);

/** A dense layer's units in another order. */
function reordered({ kernel, bias }: Extract<PlainStep, { kind: 'dense' }>, source: Uint32Array) {
  const units = source.length;
  const data = new Float32Array(kernel.data.length);
  for (let row = 0; row < data.length; row += units) {
    for (let unit = 0; unit < units; unit += 1)
      data[row + unit] = kernel.data[row + (source[unit] as number)] as number;
  }
  return {
    kernel: { ...kernel, data },
    ...(bias === undefined ? {} : { bias: { ...bias, data: picked(bias.data, source) } }),
  };
}

function scaledWeights(
  op: Weighted,
  factors: ArrayLike<number>,
  summands: ArrayLike<number>,
  at: (values: ArrayLike<number>, unit: number) => number,
): ReadOp {
  const { kernel, bias } = op;
  const transposed = op.kind === 'conv-transpose';
  const units = kernel.shape.at(transposed ? 2 : -1) ?? 1;
  // A transposed convolution's kernel has its filters before its inputs.
  const every = transposed ? (kernel.shape[3] ?? 1) : 1;
  const data = kernel.data.map((value, index) => value * at(factors, Math.floor(index / every) % units));
  const moved = Float32Array.from(
    { length: units },
    (_, unit) => (bias?.data[unit] ?? 0) * at(factors, unit) + at(summands, unit),
  );
  const name = bias?.name ?? `${op.name}/bias`;
  return { ...op, kernel: { ...kernel, data }, bias: { name, shape: [units], data: moved } };
}
