import type { EventName, Events } from '../contract/contract.ts';
import type { RunPaused } from '../contract/runs.ts';
import type { RunEnded, RunRecord } from '../domain/words.ts';

/** What the app shows of a run outside its window. */
export interface Surroundings {
  /** On the taskbar or dock: a share 0-1 or one that is not known, standing still where it is paused; or nothing. */
  showProgress(progress: number | 'indeterminate' | 'none', paused?: 'paused'): void;
  /** Whether the machine may go to sleep by itself. */
  keepAwake(awake: boolean): void;
  isInFront(): boolean;
  notify(title: string, body: string): void;
}

/** Follows the run that trains: progress, no sleep, and a word at the end when nobody is looking. */
export class Presence {
  readonly #surroundings: Surroundings;
  #name = '';
  #fraction: number | undefined;
  /** Those that clusters train, by id: nothing of this machine is at work for them. */
  readonly #elsewhere = new Map<string, string>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  hear<E extends EventName>(name: E, payload: Events[E]): void {
    const event = { name, payload } as { [N in EventName]: { name: N; payload: Events[N] } }[EventName];
    switch (event.name) {
      case 'run:started':
        if (event.payload.summary.cluster) return this.#beganElsewhere(event.payload);
        this.#name = event.payload.summary.name;
        this.#fraction = undefined;
        return this.#goesOn();
      case 'run:progressed':
        if (event.payload.kind !== 'training' || event.payload.cluster !== undefined) return;
        this.#fraction = event.payload.fraction;
        return this.#surroundings.showProgress(this.#fraction);
      case 'run:resumed':
        if (event.payload.cluster !== undefined) return;
        return this.#goesOn();
      case 'run:paused':
        return this.#paused(event.payload);
      case 'run:ended':
        return this.#ended(event.payload);
      default:
    }
  }

  #goesOn(): void {
    this.#surroundings.keepAwake(true);
    this.#surroundings.showProgress(this.#fraction ?? 'indeterminate');
  }

  /** Whoever pauses a run knows; of a disk that is full nobody does. */
  #paused({ runId, problem, cluster }: RunPaused): void {
    if (cluster !== undefined)
      return this.#tellUnseen(`${this.#elsewhere.get(runId) ?? runId}: its files wait`, problem ?? '');
    this.#surroundings.keepAwake(false);
    this.#surroundings.showProgress(this.#fraction ?? 'indeterminate', 'paused');
    if (problem !== undefined) this.#tellUnseen(`${this.#name}: training waits`, problem);
  }

  #beganElsewhere({ summary: { id, name } }: RunRecord): void {
    this.#elsewhere.set(id, name);
  }

  #ended(ended: RunEnded): void {
    if (ended.cluster !== undefined) {
      const name = this.#elsewhere.get(ended.runId) ?? ended.runId;
      this.#elsewhere.delete(ended.runId);
      // It was left, or cannot be followed now: it has not ended.
      if (ended.status !== 'interrupted') this.#tellUnseen(...endOf(name, ended));
      return;
    }
    this.#surroundings.keepAwake(false);
    this.#surroundings.showProgress('none');
    // Whoever stops a run knows.
    if (ended.status === 'stopped' && ended.problem === undefined) return;
    this.#tellUnseen(...endOf(this.#name, ended));
  }

  #tellUnseen(title: string, body: string): void {
    if (!this.#surroundings.isInFront()) this.#surroundings.notify(title, body);
  }
}

function endOf(name: string, { status, test, problem }: RunEnded): [title: string, body: string] {
  const title = status === 'finished' ? `${name}: training has finished` : `${name}: training was ${WORDS[status]}`;
  if (test === undefined) return [title, problem ?? ''];
  return [title, `${test.squaredError.toFixed(2)} squared error per image on the test images.`];
}

const WORDS = { stopped: 'stopped', failed: 'given up', interrupted: 'cut off' } as const;
