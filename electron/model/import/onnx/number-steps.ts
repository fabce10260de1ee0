import { addRescaling, clipped, type ChainBuilder } from '../read-chain.ts';
import type { MemoryBudget } from './memory-budget.ts';
import {
  activationOf,
  clipOf,
  lineOf,
  scaledActivationOf,
  stagesOf,
  unknownWords,
  type ScalarFunction,
} from './scalar-functions.ts';
import { isWeighted, numberAt, scaling, withScale } from './weight-changes.ts';

/** What is done to each number, and what the steps of that are called. */
interface NamedFunction {
  readonly name: string;
  readonly computed: ScalarFunction;
}

/** Writes what is done to each number of a chain's last value: into the weights before it, or as steps behind it. */
export class NumberSteps {
  private readonly builder: ChainBuilder;
  private readonly room: MemoryBudget;
  private readonly changed: (index: number) => void;

  /**
   * @param room for weights that are copied
   * @param changed told of each step that is put in another's place
   */
  constructor(builder: ChainBuilder, room: MemoryBudget, changed: (index: number) => void) {
    this.builder = builder;
    this.room = room;
    this.changed = changed;
  }

  /** Multiplies and adds, one number for all or one a channel. */
  scale(name: string, factors: ArrayLike<number>, summands: ArrayLike<number>): void {
    const { ops } = this.builder;
    const last = ops.at(-1);
    const isOne = factors.length === 1 && summands.length === 1;
    // What may be bytes at the end stays by itself: in the weights nothing would tell.
    if (isOne && this.builder.givesBytes(numberAt(factors, 0))) {
      addRescaling(this.builder, name, numberAt(factors, 0), numberAt(summands, 0));
    } else if (last?.kind === 'batch-norm' || last?.kind === 'group-norm' || last?.kind === 'layer-norm') {
      const scale = { ...last.scale, data: last.scale.data.map((value, unit) => value * numberAt(factors, unit)) };
      const moved = last.shift.data.map((value, unit) => value * numberAt(factors, unit) + numberAt(summands, unit));
      this.changed(ops.length - 1);
      this.builder.replaceLast({ ...last, scale, shift: { ...last.shift, data: moved } });
    } else if (isWeighted(last)) {
      this.room.take(last.kernel.data.byteLength);
      this.changed(ops.length - 1);
      this.builder.replaceLast(withScale(last, factors, summands));
    } else if (isOne) {
      addRescaling(this.builder, name, numberAt(factors, 0), numberAt(summands, 0));
    } else this.builder.add(name, scaling(name, this.builder.shape.at(-1) ?? 1, factors, summands));
  }

  /** @throws StudioError `bad-file` where it is no activation that the app knows */
  compute({ name, computed }: NamedFunction): void {
    const activation = activationOf(computed);
    const line = activation === undefined ? lineOf(computed) : undefined;
    const bent = activation === undefined && line === undefined ? scaledActivationOf(computed) : undefined;
    const clip = (activation ?? line ?? bent) ? undefined : clipOf(computed);
    if (activation !== undefined) this.builder.add(name, { kind: 'activation', ...activation });
    else if (line?.factor === 1 && line.summand === 0) return;
    else if (line !== undefined) this.scale(name, [line.factor], [line.summand]);
    else if (bent !== undefined) {
      this.builder.add(name, { kind: 'activation', ...bent.activation });
      this.scale(name, [bent.factor], [bent.summand]);
    } else if (clip !== undefined) clipped(this.builder, name, clip);
    else if (computed.start !== undefined) {
      const { line: first, rest } = computed.start;
      this.scale(name, [first.factor], [first.summand]);
      return this.compute({ name, computed: rest });
    } else if (computed.stage !== undefined) {
      return stagesOf(computed).forEach((stage) => this.compute({ name, computed: stage }));
    } else {
      throw this.builder.bad(name, 'an activation that the app knows', unknownWords(computed));
    }
  }
}
