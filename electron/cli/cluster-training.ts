import { join } from 'node:path';
import { TOKEN_VARIABLE, type Workers } from '../contract/cluster.ts';
import { bytesEachStep } from '../contract/cluster-traffic.ts';
import { StudioError } from '../domain/errors.ts';
import type { RunEnded } from '../domain/words.ts';
import { askToStop } from '../cluster/ask-to-stop.ts';
import { ClusterRun, type ClusterRunOptions } from '../cluster/cluster-run.ts';
import { RayClient } from '../cluster/ray-client.ts';
import { sendingWords, startClusterRun } from '../cluster/start.ts';
import { usualPace } from '../cluster/submit.ts';
import { readClusterJob } from '../files/cluster-file.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { livesStill } from '../files/process-mark.ts';
import type { RunFolder } from '../files/run-folder.ts';
import { RunNotes } from '../files/run-notes.ts';
import { breathe, type Emit } from '../training/emit.ts';
import type { RunOptions } from '../training/run-options.ts';

const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

/** The cluster at an address, with the token that the environment holds. */
export function clusterAt(address: string): RayClient {
  const token = process.env[TOKEN_VARIABLE];
  return new RayClient(address, token === '' ? undefined : token);
}

const trafficWords = (bytes: number): string =>
  `Each worker then sends ${(bytes / 1e6).toFixed(2)} MB at each step, and receives as much.`;

type Given = Pick<RunOptions, 'id' | 'experiment' | 'set' | 'folder' | 'startFrom'>;

export interface ClusterOrder {
  readonly address: string;
  readonly workers: Workers;
  readonly imageSource?: string;
  /** Seconds between weights; the usual pace when left out. */
  readonly weightsSeconds?: number;
  /** The folder `resources/cluster`. */
  readonly sources: string;
}

/** Starts a run on a cluster and follows it. Nothing where it was left, to go on there. */
export async function trainOnCluster(given: Given, order: ClusterOrder, emit: Emit): Promise<RunEnded | undefined> {
  const { workers, sources, imageSource, weightsSeconds = usualPace.weightsSeconds } = order;
  return withClusterEngine(given, imageSource, async (clusterEngine) => {
    const run = await startClusterRun({
      ...optionsOf(given, clusterAt(order.address), new RunNotes(given.folder, given.id), emit),
      clusterEngine,
      workers,
      sources,
      pace: { ...usualPace, weightsSeconds },
      onPrepared: (job) => {
        say(sendingWords(job));
        if (workers.count > 1) say(trafficWords(bytesEachStep(given.experiment.model, workers.count)));
      },
    });
    say(`The job is on the cluster: ${given.folder.path}`);
    return followUntilLeft(run);
  });
}

/** Follows a run that was left, or whose follower was killed. @throws StudioError `busy` where another process does, `refused` where it has ended */
export async function followRun(given: Given, emit: Emit): Promise<RunEnded | undefined> {
  const { folder } = given;
  const [job, state] = await Promise.all([readClusterJob(folder), folder.readState()]);
  if (job.ended === true) {
    throw new StudioError('refused', `${folder.path}: the job has ended, and the run is ${state.status}.`);
  }
  if (state.status === 'running' && state.processId !== process.pid && livesStill(state)) {
    throw new StudioError('busy', `The run "${state.id}" is followed by process ${state.processId} already.`);
  }
  return withClusterEngine(given, undefined, (clusterEngine) => {
    const notes = new RunNotes(folder, given.id, state);
    return followUntilLeft(new ClusterRun({ ...optionsOf(given, clusterAt(job.address), notes, emit), clusterEngine }));
  });
}

/** Asks a run's job to stop. @returns whether another process follows it, and so fetches what it leaves */
export async function stopJob(folder: RunFolder): Promise<boolean> {
  const { address } = await readClusterJob(folder);
  await askToStop(clusterAt(address), folder);
  const state = await folder.readState();
  return state.status === 'running' && livesStill(state);
}

function optionsOf(
  { id, experiment, folder }: Given,
  client: RayClient,
  notes: RunNotes,
  emit: Emit,
): Omit<ClusterRunOptions, 'clusterEngine'> {
  return { id, experiment, folder, notes, client, emit, say };
}

async function withClusterEngine<T>(
  { id, experiment, set, folder, startFrom }: Given,
  imageSource: string | undefined,
  work: (clusterEngine: ClusterRunOptions['clusterEngine']) => Promise<T>,
): Promise<T> {
  const { LocalClusterEngine } = await import('../engine-process/local-cluster-engine.ts');
  const clusterEngine = new LocalClusterEngine({
    id,
    experiment,
    set,
    folder,
    cacheFolder: join(defaultDataFolder(), 'cache'),
    ...(imageSource === undefined ? {} : { imageSource }),
    ...(startFrom === undefined ? {} : { startFrom }),
    breathe,
    report: say,
  });
  try {
    return await work(clusterEngine);
  } finally {
    clusterEngine.dispose();
  }
}

/** Ctrl-C stops following, not the job. */
async function followUntilLeft(run: ClusterRun): Promise<RunEnded | undefined> {
  const leave = (): void => run.leave();
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  try {
    return await run.follow();
  } finally {
    process.off('SIGINT', leave);
    process.off('SIGTERM', leave);
  }
}
