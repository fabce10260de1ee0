import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Entrant } from './contender.ts';
import { imagesFolder } from './images.ts';
import { jobKinds, type JobKind } from './jobs.ts';

/** An entrant and what may be asked of it. */
export interface Listed {
  readonly entrant: Entrant;
  readonly jobs: readonly JobKind[];
  readonly encodes: boolean;
  readonly reachesQuality: boolean;
}

export const OURS = 'Autoencoder Studio';
export const FIT = 'tfjs fit';
export const KERAS = 'Keras jit';
export const TORCH = 'PyTorch';
export const JAX = 'JAX scan';
export const PILLOW = 'Pillow loop';
export const IMAGE_FOLDER = 'torchvision ImageFolder, 2 workers';
export const PRODUCTS = 'MKL products';

/** The frameworks whose figures ours are held against; tfjs's `fit` and the bare products are shown beside them. */
export const PEERS: readonly string[] = [KERAS, TORCH, JAX];

const everything = { jobs: jobKinds, encodes: true, reachesQuality: true };

export interface Surroundings {
  readonly threads: number;
  /** Absent when only the TypeScript contenders are wanted. */
  readonly python: string | undefined;
  /** Whether others want the machine's cores. */
  readonly busy: boolean;
}

/** All contenders, ours first. */
export function listEntrants({ threads, python, busy }: Surroundings): readonly Listed[] {
  const own = [
    { entrant: typescript(OURS, 'ours.ts', threads), ...everything },
    // fit has no place for a variational code's divergence.
    { entrant: typescript(FIT, 'tfjs-fit.ts', threads), ...everything, jobs: without('vae') },
  ];
  if (python === undefined) return own;
  const peer = (name: string, file: string, env: Entrant['env'] = {}): Entrant =>
    pythonPeer(name, file, { threads, python, env });
  // OpenMP's waiting threads spin: the quickest on idle cores, and ten times slower where others want them.
  const openMp = busy ? { OMP_WAIT_POLICY: 'PASSIVE' } : {};
  return [
    ...own,
    { entrant: peer(KERAS, 'keras'), ...everything },
    { entrant: peer(TORCH, 'torch', openMp), ...everything },
    { entrant: peer(JAX, 'jax'), ...everything },
    {
      entrant: peer(PRODUCTS, 'products', openMp),
      jobs: without('conv'),
      encodes: false,
      reachesQuality: false,
    },
  ];
}

/** Who imports pictures, ours first. */
export function listImporters({ threads, python }: Surroundings): readonly Entrant[] {
  const own = [typescript(OURS, 'import-ours.ts', threads)];
  if (python === undefined) return own;
  const peer = (name: string, file: string): Entrant => pythonPeer(name, file, { threads, python, env: {} });
  return [...own, peer(PILLOW, 'pillow'), peer(IMAGE_FOLDER, 'torchvision')];
}

function without(left: JobKind): readonly JobKind[] {
  return jobKinds.filter((kind) => kind !== left);
}

function typescript(name: string, file: string, threads: number): Entrant {
  const env = {
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_NUM_INTRAOP_THREADS: String(threads),
    BENCH_THREADS: String(threads),
  };
  return { name, env, ...confined(process.execPath, ['--no-warnings', join(import.meta.dirname, file)], threads) };
}

function pythonPeer(
  name: string,
  file: string,
  { threads, python, env }: { threads: number; python: string; env: Entrant['env'] },
): Entrant {
  const script = join(import.meta.dirname, 'peers', `${file}_peer.py`);
  const args = [script, '--threads', String(threads), '--images', imagesFolder];
  const common = { PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' };
  return { name, env: { ...common, ...env }, ...confined(python, args, threads) };
}

/** XLA's threads heed no setting, only the cores a process may run on. */
function confined(command: string, args: readonly string[], threads: number): Pick<Entrant, 'command' | 'args'> {
  const taskset = '/usr/bin/taskset';
  if (threads >= availableParallelism() || !existsSync(taskset)) return { command, args };
  return { command: taskset, args: ['--cpu-list', `0-${threads - 1}`, command, ...args] };
}
