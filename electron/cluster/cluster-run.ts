import type { ClusterEngine, JobMessage } from '../contract/cluster.ts';
import type { Emit } from '../contract/contract.ts';
import { StudioError, toErrorData } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { EpochMetrics, RunEnded } from '../domain/words.ts';
import { changeClusterJob, placeOf, readClusterJob } from '../files/cluster-file.ts';
import type { RunFolder } from '../files/run-folder.ts';
import type { RunNotes } from '../files/run-notes.ts';
import { isOfJob } from './cluster-error.ts';
import { metricsOf, progressOf } from './job-metrics.ts';
import { JobLog } from './job-log.ts';
import { readJobMessage } from './job-messages.ts';
import { JobWeights } from './job-weights.ts';
import { PatientWrites } from './patient-writes.ts';
import type { JobState, RayClient } from './ray-client.ts';
import {
  endWords,
  failure,
  goesOn,
  STARTED,
  STOPPED_THERE,
  troubleThere,
  waitingFor,
  workerLost,
} from './sentences.ts';

export interface ClusterRunOptions {
  readonly id: string;
  readonly experiment: Experiment;
  readonly folder: RunFolder;
  readonly notes: RunNotes;
  readonly client: RayClient;
  readonly clusterEngine: ClusterEngine;
  readonly emit: Emit;
  /** Told a sentence about what goes on there. */
  readonly say: (sentence: string) => void;
  readonly pollMs?: number;
  /** How long a full disk is waited for before it is tried again. */
  readonly retryMs?: number;
  /** Whether `run:started` has been told already. */
  readonly announced?: boolean;
}

/** How far apart two float32 measurements of the same weights may lie, as a share. */
const MOST_DIFFERENCE = 1e-4;

/**
 * A run that a cluster trains, as it comes back: its metrics, weights and end become the files and events of an ordinary run. All
 * of it can be done again from the job's log, so that nothing is lost or doubled whenever this process ends.
 */
export class ClusterRun {
  private readonly options: ClusterRunOptions;
  private readonly leaving = new AbortController();
  private metrics: EpochMetrics[] = [];
  private snapshotOf = 0;
  private leastError = Number.POSITIVE_INFINITY;
  private readonly writes: PatientWrites;
  private readonly weights: JobWeights;
  private told: Extract<JobMessage, { kind: 'FAILED' }>['fields'] | undefined;
  private contact: string | undefined;
  private said = '';

  constructor(options: ClusterRunOptions) {
    this.options = options;
    const { folder, client, clusterEngine, say, emit, retryMs = 30_000 } = options;
    this.writes = new PatientWrites({
      signal: this.leaving.signal,
      retryMs,
      onFull: (problem) => emit('run:paused', { ...this.place, problem }),
      onSpace: () => emit('run:resumed', { ...this.place, problems: [] }),
    });
    this.weights = new JobWeights({ folder, client, clusterEngine, writes: this.writes, say });
  }

  /** Stops following; the job goes on. */
  leave(): void {
    this.leaving.abort();
  }

  /**
   * Follows the job to its end, from wherever the run's files stand.
   * @returns how it ended; nothing where it was left, or cannot be followed now: it can be again
   */
  async follow(): Promise<RunEnded | undefined> {
    const { folder, notes, experiment, client, emit, pollMs } = this.options;
    const { signal } = this.leaving;
    await this.takeUp();
    const job = await readClusterJob(folder);
    const { submission, address } = job;
    if (this.options.announced !== true) {
      const record = await notes.record(experiment, [...this.metrics]);
      emit('run:started', { ...record, summary: { ...record.summary, cluster: placeOf(job) } });
    }
    const log = new JobLog({
      client,
      submission,
      signal,
      onLines: (lines) => this.read(lines),
      onContact: (problem) => this.reached(problem),
      ...(pollMs === undefined ? {} : { pollMs }),
    });
    try {
      const state = await log.follow();
      if (state !== undefined) return await this.end(state);
    } catch (error) {
      if (!signal.aborted && isOfJob(error)) return this.close({ status: 'failed', problem: endWords(error) });
      if (!signal.aborted) {
        this.options.say(toErrorData(error).message);
        return this.part(`${toErrorData(error).message} ${goesOn(address)}`);
      }
    }
    return this.part(goesOn(address));
  }

  /** Nothing more is heard of the job until somebody follows it again. */
  private async part(problem: string): Promise<undefined> {
    const { id: runId, notes, emit } = this.options;
    await notes.write({ status: 'interrupted', problem });
    emit('run:ended', { runId, status: 'interrupted', problem });
  }

  /** What an earlier follower has written, without what it may have left half done. */
  private async takeUp(): Promise<void> {
    const { folder, notes } = this.options;
    const { metrics } = await folder.readMetrics();
    await folder.takeBackAfter(metrics.at(-1)?.epoch ?? 0);
    this.metrics = metrics;
    const fetched = await folder.snapshotEpochs();
    this.snapshotOf = fetched.at(-1) ?? 0;
    // Only weights that have come can be the best here: an epoch that has its pictures has them.
    for (const each of metrics.filter(({ epoch }) => fetched.includes(epoch))) this.noteBest(each);
    await notes.write({ status: 'running' });
  }

  private get epochsDone(): number {
    return this.metrics.at(-1)?.epoch ?? 0;
  }

  private async read(lines: readonly string[]): Promise<void> {
    const messages = lines.map(readJobMessage).filter((message) => message !== undefined);
    // Weights that newer ones follow are not fetched: catching up is quick, and the cluster may have removed them.
    const newest = messages.findLast(({ kind, fields }) => kind === 'ARTIFACT' && fields.weights === 'epoch');
    for (const message of messages) {
      if (this.leaving.signal.aborted) throw new StudioError('stopped', 'Nobody follows the job any more.');
      await this.hear(message, message === newest || newest === undefined);
    }
  }

  private async hear(message: JobMessage, isNewest: boolean): Promise<void> {
    const { id: runId, emit, experiment } = this.options;
    switch (message.kind) {
      case 'STARTED':
        if (this.epochsDone === 0) this.prepares(STARTED);
        // It no longer waits.
        if (this.said !== '') this.sayOnce(`${STARTED}.`);
        break;
      case 'WAITING':
        if (this.epochsDone === 0) {
          this.prepares('Waiting for workers');
          this.sayOnce(waitingFor(message.fields));
        }
        break;
      case 'PROGRESS':
        this.progressed(message.fields);
        break;
      case 'ARTIFACT': {
        const { weights } = message.fields;
        if (weights !== 'epoch' || isNewest) this.weights.announce(message.fields);
        break;
      }
      case 'METRIC':
        if (message.fields.epoch > this.epochsDone) await this.endEpoch(metricsOf(message.fields, experiment));
        break;
      case 'RESTARTED': {
        const { epoch, step } = message.fields;
        if (epoch > this.epochsDone)
          emit('run:resumed', { runId, epoch, step, problems: [workerLost(message.fields)] });
        break;
      }
      case 'PROBLEM':
        this.sayOnce(troubleThere(message.fields));
        break;
      case 'FAILED':
        this.told = message.fields;
        break;
      case 'STOPPED':
      case 'DONE':
        break;
    }
  }

  private async endEpoch(metrics: EpochMetrics): Promise<void> {
    const { id: runId, folder, emit } = this.options;
    const { epoch } = metrics;
    const as = this.isBest(metrics) ? (['last', 'best'] as const) : (['last'] as const);
    const taken = epoch > this.snapshotOf ? await this.weights.ofEpoch(epoch, as) : undefined;
    const whole: EpochMetrics = { ...metrics, ...(taken?.health === undefined ? {} : { health: taken.health }) };
    await this.writes.persist(() => folder.addMetrics(whole));
    this.metrics.push(whole);
    if (taken) {
      this.noteBest(metrics);
      this.snapshotOf = epoch;
      emit('run:snapshot-taken', taken.snapshot);
    }
    emit('run:epoch-ended', { runId, metrics: whole });
  }

  /** Whether the epoch is better than all whose weights have come. */
  private isBest({ validationMse, trainingCost }: EpochMetrics): boolean {
    return (validationMse ?? trainingCost) < this.leastError;
  }

  /** Of an epoch whose weights are here: those of one that never came must not keep later ones from being the best. */
  private noteBest({ validationMse, trainingCost }: EpochMetrics): void {
    this.leastError = Math.min(this.leastError, validationMse ?? trainingCost);
  }

  private async end(state: JobState): Promise<RunEnded> {
    const { folder } = this.options;
    if (state.status === 'STOPPED') {
      await this.weights.final('last').catch(() => undefined);
      const { stopAsked } = await readClusterJob(folder);
      return this.close({ status: 'stopped', ...(stopAsked === true ? {} : { problem: STOPPED_THERE }) });
    }
    if (state.status === 'FAILED') return this.close({ status: 'failed', problem: failure(this.told, state) });
    this.prepares('Fetching the weights');
    const { epoch } = await this.weights.final('best');
    const last = await this.weights.final('last');
    if (last.snapshot !== undefined && last.epoch > this.snapshotOf) {
      this.options.emit('run:snapshot-taken', last.snapshot);
    }
    this.options.emit('run:progressed', {
      runId: this.options.id,
      kind: 'measuring',
      fraction: 0,
      message: 'Measuring on the test images',
    });
    const { test, validationMse } = await this.options.clusterEngine.measure(epoch);
    this.compare(epoch, validationMse);
    const ended = await this.close({ status: 'finished', test });
    const { submission } = await readClusterJob(folder);
    // It has told all it knew. A job that stays there does no harm.
    await this.options.client.delete(submission).catch(() => undefined);
    return ended;
  }

  /** The proof that what has come is what was trained. */
  private compare(epoch: number, here: number | undefined): void {
    const there = this.metrics.find((each) => each.epoch === epoch)?.validationMse;
    if (here === undefined || there === undefined || Math.abs(here - there) <= MOST_DIFFERENCE * there) return;
    this.options.say(
      `The best weights have a validation MSE of ${here.toPrecision(7)} here; the cluster had measured ${there.toPrecision(7)}.`,
    );
  }

  private async close(outcome: Omit<RunEnded, 'runId'>): Promise<RunEnded> {
    const { id: runId, folder, notes, emit } = this.options;
    const { status, test, problem } = outcome;
    const ended: RunEnded = { runId, ...outcome };
    await this.writes.persist(() =>
      notes.write({
        status,
        ...(test === undefined ? {} : { test: { ...test } }),
        ...(problem === undefined ? {} : { problem }),
      }),
    );
    await this.writes.persist(async () => void (await changeClusterJob(folder, { ended: true })));
    emit('run:ended', ended);
    return ended;
  }

  private get place(): { readonly runId: string; readonly epoch: number; readonly step: number } {
    return { runId: this.options.id, epoch: this.epochsDone + 1, step: this.metrics.at(-1)?.step ?? 0 };
  }

  private reached(problem: string | undefined): void {
    const before = this.contact;
    this.contact = problem;
    if (problem !== undefined && before === undefined) {
      this.options.say(`${problem} The job goes on there; this is tried again.`);
    } else if (problem === undefined && before !== undefined) this.options.say('The cluster answers again.');
  }

  /** The job repeats what goes on being so. */
  private sayOnce(sentence: string): void {
    if (sentence !== this.said) this.options.say(sentence);
    this.said = sentence;
  }

  private prepares(message: string): void {
    this.options.emit('run:progressed', { runId: this.options.id, kind: 'preparing', fraction: 0, message });
  }

  private progressed(fields: Extract<JobMessage, { kind: 'PROGRESS' }>['fields']): void {
    const { id: runId, emit, experiment } = this.options;
    if (fields.epoch > this.epochsDone) emit('run:progressed', { runId, ...progressOf(fields, experiment) });
  }
}
