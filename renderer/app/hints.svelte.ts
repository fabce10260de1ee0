import type { RunSummary } from '../../electron/domain/words.ts';
import type { Remembered } from '../window/remembered.ts';
import type { Place } from '../window/place.ts';

export type Hint = 'train' | 'latent' | 'reconstruct';

/** What the hints look at. */
export interface HintContext {
  readonly runs: readonly RunSummary[];
  readonly remembered: Remembered;
}

/** Three hints for a first start, one after the other; each goes away when it has been followed, and none comes back. */
export class Hints {
  /** How many are done with. */
  #done = $state(0);
  readonly #context: HintContext;

  /** Runs are there from before: who has trained one needs no hint to train. */
  readonly shown = $derived.by<Hint | undefined>(() => {
    const at = this.#done === 0 && this.#context.runs.some(isOwn) ? 1 : this.#done;
    return order[at];
  });

  constructor(context: HintContext) {
    this.#context = context;
    this.#done = Number(context.remembered.get('hints') ?? 0) || 0;
  }

  /** The person goes to a place: a hint that points there has been followed. */
  went(place: Place): void {
    if (this.shown !== 'train' && place === this.shown) this.#finish(order.indexOf(place) + 1);
  }

  dismissAll(): void {
    this.#finish(order.length);
  }

  #finish(done: number): void {
    this.#done = done;
    this.#context.remembered.set('hints', String(done));
  }
}

/** The samples were trained by nobody here. */
const isOwn = ({ epochsDone, sample }: RunSummary): boolean => epochsDone > 0 && sample !== true;

const order: readonly Hint[] = ['train', 'latent', 'reconstruct'];
