import type { ClusterDescription, ClusterOrder, Workers } from '../../electron/contract/cluster.ts';
import type { ClusterPlan, TokenState } from '../../electron/contract/cluster-calls.ts';
import { clusterProblems } from '../../electron/domain/cluster-limits.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import { formatBytes, formatCounted } from '../widgets/format-number.ts';
import { formatDuration } from '../widgets/format-time.ts';

/** "2 workers, 1 core each": what is asked of a cluster. */
export function workersWords({ count, cpus, gpu }: Workers): string {
  const each = `${formatCounted(cpus, 'core')}${gpu ? ' and a graphics card' : ''}${count === 1 ? '' : ' each'}`;
  return `${formatCounted(count, 'worker')}, ${each}`;
}

/** What was found at an address, a line each. */
export function foundWords(found: ClusterDescription): readonly (readonly [name: string, value: string])[] {
  const free = (count: number | undefined, total: number) =>
    count === undefined ? String(total) : `${count} of ${total} free`;
  return [
    ['Ray', found.rayVersion],
    ['Nodes', String(found.nodes)],
    ['Cores', free(found.freeCpus, found.cpus)],
    ['Graphics cards', free(found.freeGpus, found.gpus)],
    ...(found.freeMemoryBytes === undefined ? [] : ([['Free memory', formatBytes(found.freeMemoryBytes)]] as const)),
  ];
}

/** Where a token is. */
export function tokenWords({ held, reason }: TokenState): string {
  switch (held) {
    case 'keychain':
      return 'A token is kept in this system’s keychain.';
    case 'session':
      return `A token is kept until the app ends. ${reason ?? ''}`.trim();
    case 'environment':
      return 'The token comes from the environment that the app was started in.';
    case 'none':
      return `No token is kept for this address. ${reason ?? ''}`.trim();
  }
}

/** Why a cluster cannot train an experiment; nothing where it can. */
export function refusal(experiment: Experiment): string | undefined {
  const [first] = clusterProblems(experiment);
  return first && `${first.message.charAt(0).toUpperCase()}${first.message.slice(1)}`;
}

/** What a plan sends, a line each. */
export function planWords(
  { images, modelBytes, bytesToSend, bytesEachStep }: ClusterPlan,
  { imageSource }: ClusterOrder,
): readonly (readonly [name: string, value: string])[] {
  const packages = `${formatBytes(images.bytes)} in ${formatCounted(images.packages, 'package')}`;
  const there =
    images.held === 0 ? '' : images.held === images.packages ? ', all there already' : `, ${images.held} there already`;
  return [
    ['Images', imageSource === undefined ? `${packages}${there}` : `not sent: each worker reads ${imageSource}`],
    ['Models', formatBytes(modelBytes)],
    ['To send now', formatBytes(bytesToSend)],
    [
      'That takes about',
      `${sendingTime(bytesToSend, 100)} at 100 Mbit/s, ${sendingTime(bytesToSend, 10)} at 10 Mbit/s`,
    ],
    ...(bytesEachStep === 0
      ? []
      : ([['At each step', `${formatBytes(bytesEachStep)} from every worker, and as much to it`]] as const)),
  ];
}

function sendingTime(bytes: number, megabits: number): string {
  const seconds = (bytes * 8) / (megabits * 1e6);
  if (seconds < 1) return 'under 1 s';
  return seconds < 60 ? `${Math.round(seconds)} s` : formatDuration(seconds);
}
