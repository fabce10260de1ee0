import type { LayerShape } from '../../../domain/layer-settings.ts';
import { ChainBuilder, sizeOf, type ReadChain, type ReadOp } from '../read-chain.ts';
import { Layout } from './layout.ts';
import { SecondPath } from './meeting-point.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { shuffleIn } from './pixel-shuffle.ts';
import { NumberSteps } from './number-steps.ts';
import { identity, type ScalarFunction } from './scalar-functions.ts';
import { inOrder, KEEPING_ORDER, selection, withUnits } from './weight-changes.ts';

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

/** Writes the one path through an ONNX graph as a chain of plain steps, channels last. */
export class ChainWriter {
  readonly builder: ChainBuilder;
  private readonly room: MemoryBudget;
  /** Writes what is done to each number. */
  private readonly numbers: NumberSteps;
  private step = 0;
  /** How many of the chain's steps lead to each state; none of one that is no more, since those have been changed. */
  private readonly lengths: (number | undefined)[] = [0];
  /** What has become of a value when it was made steps of. */
  private readonly became = new WeakMap<ChainValue, ChainValue>();
  /** A block's way, while that beside it is followed. */
  private aside: { readonly given: ChainValue; readonly end: ChainValue; readonly ops: readonly ReadOp[] } | undefined;
  private start = 0;
  /** How the input lies over the chain's own. */
  private inputLayout: Layout;

  /**
   * @param layout of the input over an image or row of that shape
   * @param room for weights that are copied
   */
  constructor(file: string, shape: LayerShape, layout: Layout, room: MemoryBudget) {
    this.builder = new ChainBuilder(file, shape);
    this.room = room;
    this.numbers = new NumberSteps(this.builder, room, (index) => this.change(index));
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
    this.advance();
    const layout = shape.length === 3 ? Layout.channelsFirst(shape) : Layout.plain(shape);
    return { name, step: this.step, layout, computed: identity };
  }

  isLast({ step }: ChainValue): boolean {
    return step === this.step;
  }

  /** @throws SecondPath where the value is not the last of the chain */
  check(value: ChainValue, by: string): void {
    if (!this.isLast(value)) throw new SecondPath(`${this.builder.file}: ${by}`, value.name);
  }

  /** Makes steps of what is still to be done to the value: its activation, and that its pixels are repeated. */
  settled(value: ChainValue, by: string): ChainValue {
    this.check(value, by);
    let current = value;
    if (value.computed.operators.length > 0) {
      this.numbers.compute(value);
      this.advance();
      current = { ...value, step: this.step, computed: identity };
    }
    const { shape } = this.builder;
    const enlarged = shape.length === 3 ? current.layout.enlargement(shape) : undefined;
    if (enlarged !== undefined) {
      const [height = 1, width = 1, channels = 1] = shape;
      const { times, layout } = enlarged;
      const larger = [height * times, width * times, channels];
      const step = this.add(value.name, { kind: 'upsample', size: times, method: 'nearest' }, larger);
      current = { ...step, layout };
    }
    if (current !== value) this.became.set(value, current);
    return current;
  }

  /** The value as an image with its channels first. @throws StudioError `bad-file` where it is none */
  image(value: ChainValue, by: string): ChainValue & { readonly shape: readonly [number, number, number] } {
    const current = this.settled(value, by);
    const [channels, height, width, ...more] = current.layout.dims;
    if (channels === undefined || height === undefined || width === undefined || more.length > 0) {
      const found = `[${current.layout.dims.join(', ')}]: reshape it to [batch, channels, height, width] before`;
      throw this.builder.bad(by, 'an image', found);
    }
    const shape = [height, width, channels] as const;
    const layout = Layout.channelsFirst(shape);
    const as = (image: ChainValue) => {
      this.became.set(current, image);
      return { ...image, shape };
    };
    if (!current.layout.follows(layout)) {
      const moved = this.shuffled(current.layout, by);
      if (moved !== undefined) return as(moved);
      this.lieAs(layout, current.layout, by);
    }
    if (this.builder.shape.join() === shape.join()) return as({ ...current, layout, step: this.step });
    return as(this.add(by, { kind: 'reshape' }, shape));
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
    const units = layout.dims.at(-1);
    // Rows of rows are rows where there is one of them.
    if (units === undefined || layout.dims.slice(0, -1).some((size) => size !== 1)) {
      throw this.builder.bad(by, 'rows of values', `images of [${layout.dims.join(', ')}]: flatten them before`);
    }
    if (units !== sizeOf(this.builder.shape))
      throw this.builder.bad(by, 'each value once', 'some repeated: leave that out, and train the model on');
    if (this.builder.shape.length > 1) this.add(by, { kind: 'flatten' }, [units]);
    return layout.follows(Layout.plain([units])) ? { units, layout } : { units, layout, places: () => layout.places() };
  }

  /** The same value, an image kept as a row. */
  flat(value: ChainValue, name: string): ChainValue {
    this.builder.add(name, { kind: 'flatten' }, [sizeOf(this.builder.shape)]);
    this.advance();
    return { ...value, step: this.step };
  }

  /** Multiplies and adds by channel, in the weights of the layer before. */
  scale(value: ChainValue, name: string, factors: ArrayLike<number>, summands: ArrayLike<number>): ChainValue {
    this.numbers.scale(name, factors, summands);
    this.advance();
    return { ...value, name, step: this.step };
  }

  /**
   * Some of a row's values, or of an image's channels.
   * @param kept their places along the chain's last axis
   * @param layout of what is left
   */
  select(name: string, kept: Uint32Array, layout: Layout): ChainValue {
    const { shape, ops } = this.builder;
    const units = shape.at(-1) ?? 1;
    const last = ops.at(-1);
    const smaller = [...shape.slice(0, -1), kept.length];
    this.room.take(last?.kind === 'dense' ? last.kernel.data.byteLength : 4 * kept.length * units);
    if (last?.kind === 'dense') {
      this.change(ops.length - 1);
      this.builder.replaceLast({ ...last, ...withUnits(last, kept), shape: smaller });
    } else this.builder.add(name, selection(name, units, kept, shape.length > 1), smaller);
    this.advance();
    return { name, step: this.step, layout, computed: identity };
  }

  /**
   * Sets the way to the last value aside, and goes on from the one that it began with.
   * @returns that one; undefined where it is no more
   */
  besides(given: ChainValue, from: ChainValue, by: string): ChainValue | undefined {
    if (!this.isLast(given)) return undefined;
    const end = this.settled(given, by);
    const source = this.lastOf(from);
    const start = this.lengths[source.step];
    if (start === undefined || source.computed.operators.length > 0) return undefined;
    this.aside = { given, end, ops: this.builder.setAside(by, start) };
    this.start = start;
    this.change(start);
    this.advance();
    return { ...source, step: this.step };
  }

  /** The way set aside and the one that has been followed since, added. */
  private joinedWays(
    { end, ops }: NonNullable<ChainWriter['aside']>,
    last: ChainValue,
    name: string,
  ): ChainValue | undefined {
    const current = this.settled(last, name);
    if (!current.layout.follows(end.layout) || current.layout.dims.join() !== end.layout.dims.join()) return undefined;
    this.aside = undefined;
    this.builder.addTo(name, this.start, ops);
    this.change(this.start);
    this.advance();
    return { ...current, name, step: this.step };
  }

  /**
   * A value added to what layers make of it. @returns undefined where neither comes of the other
   * @throws StudioError `bad-file` where they are put together in another way
   */
  joined(one: ChainValue, other: ChainValue, name: string): ChainValue | undefined {
    const { aside } = this;
    if (aside !== undefined && (one === aside.given || other === aside.given)) {
      return this.joinedWays(aside, one === aside.given ? other : one, name);
    }
    const [before, after] = this.became.has(one) || one.step < other.step ? [one, other] : [other, one];
    if (after.step !== this.step) return undefined;
    const current = this.settled(after, name);
    const source = this.lastOf(before);
    const from = this.lengths[source.step];
    if (from === undefined || source.computed.operators.length > 0) return undefined;
    const { layout } = current;
    if (!layout.follows(source.layout) || layout.dims.join() !== source.layout.dims.join()) return undefined;
    this.builder.addTo(name, from);
    this.change(from);
    this.advance();
    return { ...current, name, step: this.step };
  }

  /** Ends the chain with this value, in the order of the input. @throws StudioError `bad-file` where it has another */
  finish(value: ChainValue): ReadChain {
    const { layout } = this.settled(value, value.name);
    const isWhole = layout.size === this.inputLayout.size;
    if (isWhole && !layout.follows(this.inputLayout) && !this.isImageLast(layout)) {
      const last = this.shuffled(layout, value.name)?.layout ?? layout;
      if (!last.follows(this.inputLayout)) this.lieAs(this.inputLayout, last, value.name);
    }
    return this.builder.finish('ONNX');
  }

  /** Images that are taken with their channels first may be given with these last. */
  private isImageLast(layout: Layout): boolean {
    const { shape, inputShape } = this.builder;
    const [taken, given] = [Layout.channelsFirst(inputShape), Layout.plain(shape)];
    const isImage = shape.length === 3 && shape.join() === inputShape.join();
    return isImage && this.inputLayout.dims.length === 3 && this.inputLayout.follows(taken) && layout.follows(given);
  }

  /** Channels that have become pixels, or pixels channels, by reshaping and transposing; undefined where they have not. */
  private shuffled(layout: Layout, name: string): ChainValue | undefined {
    const { shape } = this.builder;
    const moved = shape.length === 3 ? shuffleIn(layout, shape, name) : undefined;
    return moved && this.add(name, moved.step, moved.shape);
  }

  private advance(): void {
    this.step += 1;
    this.lengths[this.step] = this.builder.ops.length;
  }

  /** States behind a step that is changed are no more. */
  private change(index: number): void {
    this.lengths.forEach((length, state) => {
      if (length !== undefined && length > index) this.lengths[state] = undefined;
    });
  }

  private lastOf(value: ChainValue): ChainValue {
    const next = this.became.get(value);
    return next === undefined ? value : this.lastOf(next);
  }

  /**
   * Changes the order in which the chain keeps its numbers, so that a value lying as `now` lies as `wanted`: the units of the dense
   * layer before change places, or those of the input.
   */
  private lieAs(wanted: Layout, now: Layout, by: string): void {
    const { ops } = this.builder;
    if (ops.length === 0 && now.follows(this.inputLayout)) {
      this.inputLayout = wanted;
      this.change(-1);
      return this.advance();
    }
    const found = 'another: export without transposing between layers, but for channels last';
    const order = this.builder.bad(by, 'pixels in the order of the layer before', found);
    const first = ops.findLastIndex(({ kind }) => !KEEPING_ORDER.includes(kind));
    if (ops[first]?.kind !== 'dense' || now.size !== sizeOf(this.builder.shape)) throw order;
    const [from, to] = [now.places(), wanted.places()];
    const source = new Uint32Array(from.length);
    for (let at = 0; at < from.length; at += 1) source[to[at] as number] = from[at] as number;
    for (let index = first; index < ops.length; index += 1) {
      const moved = inOrder(ops[index] as ReadOp, source);
      if (moved === undefined) throw order;
      if (moved.kind === 'dense') this.room.take(moved.kernel.data.byteLength);
      ops[index] = moved;
    }
    this.change(first);
    this.advance();
  }
}
