import { randomBytes } from 'node:crypto';
import type { ClusterOrder } from '../contract/cluster.ts';
import type { Handlers } from '../contract/contract.ts';
import { StudioError, toErrorData } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import { MOST_QUEUED, type Queue, type QueueAnswers, type QueueEntry } from '../contract/queue.ts';
import { readQueue, writeQueue } from '../files/queue-file.ts';

const MOST_PROBLEMS = 10;

export interface RunQueueOptions {
  readonly dataFolder: string;
  /** Whether a run could start now: here, or on that cluster. */
  readonly isFree: (cluster: ClusterOrder | undefined) => boolean;
  readonly start: (entry: QueueEntry) => Promise<unknown>;
  /** Whether what kept an entry from starting may pass: it then stays, and the queue is held. */
  readonly mayPass: (error: unknown) => boolean;
  readonly tell: (queue: Queue) => void;
}

/**
 * Experiments that wait to be trained, one after the other here, several at a time on a cluster; on disk, so that they outlive the app. What an earlier session has
 * left is held, so that nothing starts unasked.
 */
export class RunQueue {
  readonly handlers: Handlers<keyof QueueAnswers>;
  readonly #options: RunQueueOptions;
  /** What is done to the queue, one after the other. */
  #work: Promise<unknown>;
  #entries: readonly QueueEntry[] = [];
  #problems: readonly string[] = [];
  #held = false;
  #heldReason: string | undefined;
  #starting = false;
  #closed = false;

  constructor(options: RunQueueOptions) {
    this.#options = options;
    this.#work = this.#open();
    this.handlers = {
      'queue:read': () => this.#do(() => Promise.resolve()),
      'queue:add': ({ experiments, ...where }) => this.#do(() => this.#add(experiments, where)),
      'queue:remove': ({ entries }) =>
        this.#do(() => this.#keep(this.#entries.filter(({ id }) => !entries.includes(id)))),
      'queue:move': ({ entry, to }) => this.#do(() => this.#move(entry, to)),
      'queue:hold': ({ held }) => this.#do(() => Promise.resolve(this.#hold(held))),
    };
  }

  /** Whether it will start something by itself. */
  get goesOn(): boolean {
    return this.#starting || (this.#entries.length > 0 && !this.#held && !this.#closed);
  }

  /** To be called whenever a run could have become possible: starts the next one. */
  advance(): void {
    void this.#do(() => this.#startNext(), false);
  }

  /** Nothing starts any more; resolves when what was under way is done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#work;
  }

  async #open(): Promise<void> {
    const { entries, problems } = await readQueue(this.#options.dataFolder);
    this.#entries = entries;
    this.#problems = problems.slice(-MOST_PROBLEMS);
    if (entries.length > 0) this.#hold(true, 'The app was started anew: nothing starts by itself.');
  }

  /** Does one thing after what is under way; a change is told, and the next run started where one can be. */
  #do(work: () => Promise<void>, thenStart = true): Promise<Queue> {
    const done = this.#work.then(async () => {
      const before = this.#current;
      await work();
      const queue = this.#current;
      if (JSON.stringify(queue) !== JSON.stringify(before)) {
        this.#options.tell(queue);
        if (thenStart) this.advance();
      }
      return queue;
    });
    this.#work = done.catch(() => undefined);
    return done;
  }

  get #current(): Queue {
    const reason = this.#heldReason === undefined ? {} : { heldReason: this.#heldReason };
    return { held: this.#held, ...reason, entries: this.#entries, problems: this.#problems };
  }

  async #add(experiments: readonly Experiment[], where: Pick<QueueEntry, 'cluster' | 'device'>): Promise<void> {
    const count = this.#entries.length + experiments.length;
    if (count > MOST_QUEUED) {
      throw new StudioError('refused', `The queue: expected at most ${MOST_QUEUED} experiments, found ${count}.`);
    }
    const addedAt = new Date().toISOString();
    const added = experiments.map((experiment) => ({
      id: `queued-${randomBytes(8).toString('hex')}`,
      addedAt,
      experiment,
      ...where,
    }));
    await this.#keep([...this.#entries, ...added]);
  }

  async #move(id: string, to: number): Promise<void> {
    const entry = this.#entries.find((each) => each.id === id);
    if (entry === undefined) throw new StudioError('not-found', 'This experiment no longer waits in the queue.');
    await this.#keep(this.#entries.filter((each) => each !== entry).toSpliced(to, 0, entry));
  }

  #hold(held: boolean, reason?: string): void {
    this.#held = held;
    this.#heldReason = reason;
  }

  /** On disk first: what could not be written has not happened. */
  async #keep(entries: readonly QueueEntry[]): Promise<void> {
    await writeQueue(this.#options.dataFolder, entries);
    this.#entries = entries;
  }

  async #startNext(): Promise<void> {
    const { isFree, start } = this.#options;
    if (this.#held || this.#closed || this.#starting) return;
    // What trains here does not wait for a cluster, nor the other way round.
    const entry = this.#entries.find(({ cluster }) => isFree(cluster));
    if (entry === undefined) return;
    this.#starting = true;
    // Not waited for here: the queue can be changed while an engine takes its time.
    void start(entry).then(
      () => this.#started(entry),
      (error: unknown) => this.#failed(entry, error),
    );
  }

  async #started(entry: QueueEntry): Promise<void> {
    await this.#takeOut(entry);
    this.#starting = false;
    this.advance();
  }

  async #failed(entry: QueueEntry, error: unknown): Promise<void> {
    const { code, message } = toErrorData(error);
    const waits = code === 'disk-full' || this.#options.mayPass(error);
    const kept = code === 'busy' || waits || this.#closed;
    if (waits) await this.#do(() => Promise.resolve(this.#hold(true, message)), false);
    if (!kept) await this.#takeOut(entry, `"${entry.experiment.name}" could not be started: ${message}`);
    this.#starting = false;
    // Where somebody's own run came first, the queue goes on when that has ended.
    if (!kept) this.advance();
  }

  async #takeOut(entry: QueueEntry, problem?: string): Promise<void> {
    await this.#do(async () => {
      if (problem !== undefined) this.#problems = [...this.#problems, problem].slice(-MOST_PROBLEMS);
      this.#entries = this.#entries.filter((each) => each !== entry);
      // It has started, or cannot: were it still there it would be started again and again.
      await writeQueue(this.#options.dataFolder, this.#entries).catch((error: unknown) =>
        this.#hold(true, toErrorData(error).message),
      );
    }, false);
  }
}
