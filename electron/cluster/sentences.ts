import type { JobMessage } from '../contract/cluster.ts';
import { toErrorData } from '../domain/errors.ts';
import { ClusterError } from './cluster-error.ts';
import type { JobState } from './ray-client.ts';

type Fields<K extends JobMessage['kind']> = Extract<JobMessage, { kind: K }>['fields'];

/** What a job waits for. */
export function waitingFor({ workers, each, free, total }: Fields<'WAITING'>): string {
  const names = Object.keys(each).filter((name) => (each[name] ?? 0) > 0);
  const asked = names.map((name) => `${each[name]} ${name}`).join(' and ');
  const found = names.map((name) => `${free[name] ?? 0} of ${total[name] ?? 0} ${name} free`).join(', ');
  const never = names.filter((name) => workers * (each[name] ?? 0) > (total[name] ?? 0));
  const hint =
    never.length === 0
      ? 'It starts when others have ended.'
      : `It never has so many ${never.join(' and ')}: stop the run and ask for fewer workers, or add nodes.`;
  return `Waiting for ${workers} ${workers === 1 ? 'worker' : 'workers'} of ${asked} each; the cluster has ${found}. ${hint}`;
}

export function workerLost({ epoch, step }: Fields<'RESTARTED'>): string {
  return `A worker was lost. Training goes on from the cluster's checkpoint: epoch ${epoch}, after ${step} steps.`;
}

export function troubleThere({ kind, message }: Fields<'PROBLEM'>): string {
  return kind === 'disk-full'
    ? `The disk of the cluster's node is full: weights cannot be fetched until there is room. Training goes on. (${message})`
    : `The cluster's node cannot write weights to its disk. Training goes on. (${message})`;
}

/** Why a job has failed: in its own words where it had any left. */
export function failure(told: Fields<'FAILED'> | undefined, { message }: JobState): string {
  if (told?.kind === 'package') {
    return `The cluster's Python has no package "${told.message}". Install it on every node: pip install torch safetensors "ray[train]".`;
  }
  if (told?.kind === 'images' || told?.kind === 'diverged') return told.message;
  if (told?.kind === 'workers') return `The cluster's workers failed. ${firstLine(told.message)}`;
  return `The job failed on the cluster. ${firstLine(message)}`;
}

export const STOPPED_THERE = 'The job was stopped on the cluster by somebody else. What had come here is kept.';

export const STARTED = 'The workers have started';

export const goesOn = (address: string): string => `The job goes on on the cluster ${address}.`;

/** Why a job's run has failed. */
export function endWords(error: unknown): string {
  const { message } = toErrorData(error);
  return error instanceof ClusterError && error.problem === 'gone' ? `${message} What had come here is kept.` : message;
}

function firstLine(text: string): string {
  const line = text.split('\n').find((each) => each.trim() !== '') ?? '';
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
