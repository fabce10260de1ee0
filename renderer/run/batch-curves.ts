import * as v from 'valibot';
import type { Remembered } from '../window/remembered.ts';
import { emptyTrace, type Trace } from './trace.ts';

/** More runs than a person goes back and forth between; each takes some kilobytes. */
const MOST_RUNS = 8;
/** A curve has fewer pixels. */
const DIGITS = 5;

const Kept = v.array(
  v.object({ runId: v.string(), spacing: v.number(), x: v.array(v.number()), y: v.array(v.number()) }),
);

/** The batch costs that this window saw, kept between visits for the newest runs: a run's folder has each epoch's last alone. */
export class BatchCurves {
  readonly #window: { readonly remembered: Remembered };
  #read: v.InferOutput<typeof Kept> | undefined;

  constructor(window: { readonly remembered: Remembered }) {
    this.#window = window;
  }

  /** The newest first. */
  get #kept(): v.InferOutput<typeof Kept> {
    return (this.#read ??= read(this.#window.remembered.get('batch-curves')));
  }

  /** Empty where this window saw none. */
  of(runId: string): Trace {
    const kept = this.#kept.find((each) => each.runId === runId);
    return kept ? { spacing: kept.spacing, points: kept.x.map((x, at) => ({ x, y: kept.y[at]! })) } : emptyTrace;
  }

  keep(runId: string, { points, spacing }: Trace): void {
    if (points.length === 0) return;
    const rounded = (value: number) => Number(value.toPrecision(DIGITS));
    const kept = { runId, spacing, x: points.map(({ x }) => rounded(x)), y: points.map(({ y }) => rounded(y)) };
    this.#read = [kept, ...this.#kept.filter((each) => each.runId !== runId)].slice(0, MOST_RUNS);
    this.#window.remembered.set('batch-curves', JSON.stringify(this.#read));
  }
}

/** What another version, or nobody, has written is no curve. */
function read(text: string | undefined): v.InferOutput<typeof Kept> {
  try {
    const parsed = v.parse(Kept, JSON.parse(text ?? '[]'));
    return parsed.filter(({ x, y }) => x.length === y.length);
  } catch {
    return [];
  }
}
