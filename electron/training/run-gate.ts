import { StudioError, toErrorData } from '../domain/errors.ts';
import type { RunPlace } from '../contract/runs.ts';
import type { Emit } from './emit.ts';
import type { RunNotes } from '../files/run-notes.ts';

/** Thrown through a run when somebody asked to stop. */
export class Stopped extends Error {
  /** What could not be kept of it. */
  readonly problem: string | undefined;

  constructor(problem?: string) {
    super('stopped');
    this.problem = problem;
  }
}

/** What a person has asked of a run, which looks here between two calls of its runner. */
export class RunControl {
  stopsNow = false;
  stopsAfterEpoch = false;
  pauses = false;
  /** How often something has been asked. */
  requests = 0;
  private readonly waiting = new Set<() => void>();

  stop(when: 'now' | 'after-epoch'): void {
    if (when === 'now') this.stopsNow = true;
    else this.stopsAfterEpoch = true;
    this.wake();
  }

  pause(): void {
    this.pauses = true;
    this.wake();
  }

  resume(): void {
    this.pauses = false;
    this.wake();
  }

  /** Resolves when more has been asked than `since`, or after so many milliseconds. */
  async askedAfter(since: number, mostMs?: number): Promise<void> {
    if (this.requests !== since) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.waiting.add(resolve);
      if (mostMs !== undefined) timer = setTimeout(resolve, mostMs);
    });
    clearTimeout(timer);
    this.waiting.clear();
  }

  private wake(): void {
    this.requests += 1;
    for (const resolve of this.waiting) resolve();
  }
}

/** Seconds at work: it stands still while the run pauses. */
export class Stopwatch {
  private before: number;
  private since: number | undefined = performance.now();

  /** @param before seconds that a resumed run had worked already */
  constructor(before = 0) {
    this.before = before;
  }

  get seconds(): number {
    return this.before + (this.since === undefined ? 0 : (performance.now() - this.since) / 1000);
  }

  hold(): void {
    this.before = this.seconds;
    this.since = undefined;
  }

  goOn(): void {
    this.since ??= performance.now();
  }
}

export interface GateOptions {
  readonly control: RunControl;
  readonly notes: RunNotes;
  readonly watch: Stopwatch;
  readonly emit: Emit;
  /** Where the run stands. */
  readonly place: () => RunPlace;
  /** How long a run that the disk has no room for waits before it tries again by itself. */
  readonly retryMs: number;
}

/** Where a run waits: because somebody asked it to, or because the disk is full. */
export class RunGate {
  private readonly options: GateOptions;

  constructor(options: GateOptions) {
    this.options = options;
  }

  /**
   * Looks at what has been asked. A pause lasts until somebody ends it.
   * @param save writes a checkpoint, so that a paused run outlives its process
   * @throws Stopped
   */
  async pass(save: () => Promise<void>): Promise<void> {
    const { control } = this.options;
    if (control.stopsNow) throw new Stopped();
    if (!control.pauses) return;
    await this.persist(save);
    if (!control.pauses) return;
    await this.hold();
    while (control.pauses && !control.stopsNow) await control.askedAfter(control.requests);
    if (control.stopsNow) throw new Stopped();
    await this.goOn();
  }

  /**
   * Writes; where the disk is full the run pauses, and tries again from time to time and when somebody resumes it.
   * @throws Stopped where somebody did not want to wait; anything but a full disk as it is
   */
  async persist(write: () => Promise<void>): Promise<void> {
    const { control, retryMs } = this.options;
    for (let held = false; ; held = true) {
      const { requests } = control;
      const problem = await fullDisk(write);
      if (problem === undefined) return held ? this.goOn() : undefined;
      if (!held) await this.hold(`${problem} The run waits, and goes on by itself when there is room.`);
      if (!control.stopsNow) await control.askedAfter(requests, retryMs);
      if (control.stopsNow) throw new Stopped(problem);
    }
  }

  private async hold(problem?: string): Promise<void> {
    const { watch, notes, emit, place } = this.options;
    watch.hold();
    const said = problem === undefined ? {} : { problem };
    // Where the disk is full, this file may find no room either: windows are told all the same.
    await fullDisk(() => notes.write({ status: 'paused', ...said }));
    emit('run:paused', { ...place(), ...said });
  }

  private async goOn(): Promise<void> {
    const { watch, notes, emit, place } = this.options;
    watch.goOn();
    await fullDisk(() => notes.write({ status: 'running' }));
    emit('run:resumed', { ...place(), problems: [] });
  }
}

/** @returns what the disk had no room for; nothing where all was written */
async function fullDisk(write: () => Promise<void>): Promise<string | undefined> {
  try {
    await write();
    return undefined;
  } catch (error) {
    if (error instanceof StudioError && error.code === 'disk-full') return toErrorData(error).message;
    throw error;
  }
}
