import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { askToStop } from '../cluster/ask-to-stop.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import { ClusterRun, type ClusterRunOptions } from '../cluster/cluster-run.ts';
import { RayClient } from '../cluster/ray-client.ts';
import { startClusterRun } from '../cluster/start.ts';
import { usualPace, type JobPace } from '../cluster/submit.ts';
import type { ClusterJob, ClusterOrder } from '../contract/cluster.ts';
import type { ClusterAnswers } from '../contract/cluster-calls.ts';
import { checkForCluster } from '../domain/cluster-limits.ts';
import type { Emit, EventName, Handlers } from '../contract/contract.ts';
import { StudioError, toErrorData } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import { IdSchema } from '../domain/ids.ts';
import type { Report } from '../contract/rpc.ts';
import { changeClusterJob, isClusterRun, readClusterJob, readOpenJob } from '../files/cluster-file.ts';
import { livesStill } from '../files/process-mark.ts';
import { RunFolder } from '../files/run-folder.ts';
import { newRunId } from '../files/run-id.ts';
import { RunNotes } from '../files/run-notes.ts';
import { planOf } from './cluster-plan.ts';
import type { ClusterTokens } from './cluster-tokens.ts';
import { RemoteClusterEngine } from './remote-cluster-engine.ts';
import type { AskEngine } from './window-handlers.ts';

export interface ClusterServiceOptions {
  readonly dataFolder: string;
  /** The folder `resources/cluster`. */
  readonly sources: string;
  readonly tokens: ClusterTokens;
  readonly ask: AskEngine;
  readonly emit: Emit;
  readonly report: Report;
  /** A run is no longer followed: another may take its place. */
  readonly onFree: () => void;
  /** Faster than usual, for tests. */
  readonly pace?: JobPace;
  readonly pollMs?: number;
}

interface Followed {
  readonly address: string;
  /** Ends the sending, while the job is not there yet. */
  readonly sending: AbortController;
  /** Once the job is there. */
  run?: ClusterRun;
  done: Promise<void>;
}

type Given = Pick<ClusterRunOptions, 'id' | 'experiment' | 'folder' | 'notes' | 'client'>;

const TOLD_WHERE: ReadonlySet<EventName> = new Set(['run:progressed', 'run:paused', 'run:resumed', 'run:ended']);

/** The runs that clusters train, as the app has them in hand: begins, follows, stops and finds them again. */
export class ClusterService {
  readonly handlers: Handlers<keyof ClusterAnswers>;
  readonly #options: ClusterServiceOptions;
  readonly #followed = new Map<string, Followed>();
  #closed = false;

  constructor(options: ClusterServiceOptions) {
    const { tokens, ask } = options;
    this.#options = options;
    this.handlers = {
      'cluster:test': async ({ address }) => (await this.#client(address)).describe(),
      'cluster:plan': async ({ experiments, order }) =>
        planOf(experiments, order, { client: await this.#client(order.address), ask }),
      'cluster:start': ({ experiment, order }) => this.start(experiment, order),
      'cluster:follow': ({ runId }) => this.#takeUp(runId),
      'cluster:leave': ({ runId }) => this.#leave(runId),
      'cluster:stop': ({ runId }) => this.#stop(runId),
      'cluster:give-up': ({ runId }) => this.#giveUp(runId),
      'cluster:token': ({ address }) => tokens.state(address),
      'cluster:keep-token': async ({ address, token }) => {
        const state = await tokens.keep(address, token);
        // Its runs could not be followed without.
        void this.reopen(address);
        return state;
      },
    };
  }

  /** Whether one more run may be begun on that cluster. */
  isFree({ address, jobs }: ClusterOrder): boolean {
    return [...this.#followed.values()].filter((each) => each.address === address).length < jobs;
  }

  /** Whether something would be lost with the app: what is on the cluster would not. */
  get isSending(): boolean {
    return [...this.#followed.values()].some(({ run }) => run === undefined);
  }

  /**
   * Begins a run. Answered when its folder is there; the rest is told by its events.
   * @throws StudioError `bad-spec` where a cluster cannot train it; what the cluster says
   */
  async start(experiment: Experiment, order: ClusterOrder): Promise<{ readonly runId: string }> {
    checkForCluster(experiment);
    const { dataFolder, sources, pace = usualPace } = this.#options;
    const { address, workers, imageSource } = order;
    const client = await this.#client(address);
    const id = newRunId(experiment.preset ?? 'run', new Date());
    const folder = RunFolder.under(dataFolder, id);
    const given = { id, experiment, folder, notes: new RunNotes(folder, id), client };
    const clusterEngine = this.#clusterEngine(id, experiment, imageSource);
    const sending = new AbortController();
    let onCreated = (): void => undefined;
    const created = new Promise<void>((resolve) => (onCreated = resolve));
    const options = {
      ...this.#runOptions(given),
      clusterEngine,
      workers,
      sources,
      pace,
      onCreated,
      signal: sending.signal,
    };
    const begun = startClusterRun(options);
    this.#see(given, { address, sending, done: Promise.resolve() }, begun, clusterEngine);
    await Promise.race([created, begun]);
    return { runId: id };
  }

  /** Follows again what an earlier start of the app has left: of one cluster, or of all. */
  async reopen(address?: string): Promise<void> {
    const { dataFolder, report } = this.#options;
    const names = await readdir(join(dataFolder, 'runs')).catch(() => []);
    for (const id of names.filter((name) => v.is(IdSchema, name))) {
      const folder = RunFolder.under(dataFolder, id);
      if (!isClusterRun(folder) || this.#closed) continue;
      // A file that is damaged is told by whoever lists the runs.
      const job = await readClusterJob(folder).catch(() => undefined);
      if (job === undefined || job.ended === true || (address !== undefined && job.address !== address)) continue;
      await this.#takeUp(id).catch((error: unknown) => report(`The run ${id}: ${toErrorData(error).message}`));
    }
  }

  /**
   * Stops the job of a run that is about to be deleted and that nobody follows.
   * @throws StudioError `refused` where that cannot be done
   */
  async letGo(runId: string): Promise<void> {
    const folder = RunFolder.under(this.#options.dataFolder, runId);
    if (!isClusterRun(folder)) return;
    // Whoever cannot read where it trains can still delete it.
    const job = await readClusterJob(folder).catch(() => undefined);
    if (job === undefined || job.ended === true) return;
    try {
      await this.#stopJob(folder, job);
    } catch (error) {
      const message = `The run "${runId}" may still train on a cluster, and its job could not be stopped. ${toErrorData(error).message}`;
      throw new StudioError(
        'refused',
        `${message} Stop it when the cluster answers, or give it up, and delete it then.`,
      );
    }
    await changeClusterJob(folder, { ended: true });
  }

  /** Leaves every job to itself, and ends what is being sent; resolves when all is written. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { sending, run } of this.#followed.values()) {
      sending.abort();
      run?.leave();
    }
    await Promise.all([...this.#followed.values()].map(({ done }) => done));
  }

  async #takeUp(runId: string): Promise<Record<string, never>> {
    const folder = await this.#folder(runId);
    const [job, state, experiment] = await Promise.all([
      readOpenJob(folder),
      folder.readState(),
      folder.readExperiment(),
    ]);
    if (state.status === 'running' && state.processId !== process.pid && livesStill(state)) {
      throw new StudioError('busy', `The run "${runId}" is followed by process ${state.processId} already.`);
    }
    const client = await this.#client(job.address);
    if (this.#closed || this.#followed.has(runId)) return {};
    const given = { id: runId, experiment, folder, notes: new RunNotes(folder, runId, state), client };
    const clusterEngine = this.#clusterEngine(runId, experiment);
    const run = new ClusterRun({ ...this.#runOptions(given), clusterEngine });
    const followed: Followed = { address: job.address, sending: new AbortController(), run, done: Promise.resolve() };
    this.#see(given, followed, Promise.resolve(run), clusterEngine);
    return {};
  }

  /** Has a run in hand until it has ended or is left. */
  #see(given: Given, followed: Followed, begun: Promise<ClusterRun>, clusterEngine: RemoteClusterEngine): void {
    const { id } = given;
    this.#followed.set(id, followed);
    followed.done = this.#follow(given, followed, begun).finally(async () => {
      await clusterEngine.close();
      this.#followed.delete(id);
      this.#options.onFree();
    });
  }

  async #follow({ id, folder, notes, client }: Given, followed: Followed, begun: Promise<ClusterRun>): Promise<void> {
    const { emit, report } = this.#options;
    // What went wrong before the job was there is in the run's folder, and told.
    const run = await begun.catch(() => undefined);
    if (run === undefined) return;
    followed.run = run;
    try {
      if (this.#closed) run.leave();
      // It was asked for while the job was on its way.
      else if (followed.sending.signal.aborted) await askToStop(client, folder);
      await run.follow();
    } catch (error) {
      const problem = toErrorData(error).message;
      report(`The run ${id} can no longer be followed: ${problem}`);
      await notes.write({ status: 'interrupted', problem }).catch(() => undefined);
      emit('run:ended', { runId: id, status: 'interrupted', problem, cluster: client.address });
    }
  }

  async #leave(runId: string): Promise<Record<string, never>> {
    const followed = this.#followed.get(runId);
    if (followed === undefined) throw new StudioError('not-found', `The run "${runId}" is not followed.`);
    if (followed.run === undefined) {
      throw new StudioError('busy', 'The job is still being sent. Stop it, or wait until it is there.');
    }
    followed.run.leave();
    return {};
  }

  async #stop(runId: string): Promise<Record<string, never>> {
    const followed = this.#followed.get(runId);
    if (followed !== undefined && followed.run === undefined) {
      followed.sending.abort();
      return {};
    }
    const folder = await this.#folder(runId);
    await this.#stopJob(folder, await readOpenJob(folder));
    return followed === undefined ? this.#takeUp(runId) : {};
  }

  /** A job that is gone needs no stopping. */
  async #stopJob(folder: RunFolder, { address }: ClusterJob): Promise<void> {
    await askToStop(await this.#client(address), folder).catch((error: unknown) => {
      if (!(error instanceof ClusterError) || error.problem !== 'gone') throw error;
    });
  }

  async #giveUp(runId: string): Promise<Record<string, never>> {
    if (this.#followed.has(runId)) {
      throw new StudioError('busy', `The run "${runId}" is followed. Stop it, or stop following it first.`);
    }
    const folder = await this.#folder(runId);
    const job = await readOpenJob(folder);
    await changeClusterJob(folder, { ended: true });
    const problem = `Given up: what its job did on the cluster ${job.address} after this is not known.`;
    await folder.writeState({ ...(await folder.readState()), status: 'interrupted', problem });
    this.#options.emit('runs:changed', {});
    return {};
  }

  async #folder(runId: string): Promise<RunFolder> {
    const folder = RunFolder.under(this.#options.dataFolder, runId);
    await access(folder.path).catch((cause: unknown) => {
      throw new StudioError('not-found', `There is no run "${runId}" in ${this.#options.dataFolder}.`, { cause });
    });
    return folder;
  }

  async #client(address: string): Promise<RayClient> {
    return new RayClient(address, await this.#options.tokens.get(address));
  }

  #clusterEngine(runId: string, experiment: Experiment, imageSource?: string): RemoteClusterEngine {
    const source = imageSource === undefined ? {} : { imageSource };
    return new RemoteClusterEngine({ ask: this.#options.ask, runId, experiment, ...source });
  }

  #runOptions(given: Given): Omit<ClusterRunOptions, 'clusterEngine'> {
    const { report, pollMs } = this.#options;
    const emit = this.#emitFrom(given.client.address);
    const say = (sentence: string): void => {
      report(`The run ${given.id}: ${sentence}`);
      emit('run:told', { runId: given.id, sentence });
    };
    return { ...given, emit, say, ...(pollMs === undefined ? {} : { pollMs }) };
  }

  /** Says of progress, an end, a pause and a going on that they are not of the run that trains here. */
  #emitFrom(cluster: string): Emit {
    const { emit } = this.#options;
    return (name, payload) => emit(name, TOLD_WHERE.has(name) ? { ...payload, cluster } : payload);
  }
}
