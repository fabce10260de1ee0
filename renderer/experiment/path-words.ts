import type { RunPlaceElsewhere, TorchPath, TrainingPath } from '../../electron/domain/words.ts';

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** How a run's steps were executed: "Compiled by XLA, 20 steps a call, 2 threads". */
export function pathWords({ kind, stepsPerCall, threads, torch }: TrainingPath): string {
  const steps = `${counted(stepsPerCall, 'step')} a call`;
  const how = {
    'xla-loop': ['Compiled by XLA', steps],
    'graph-loop': ['Compiled by TensorFlow', steps],
    eager: ['Not compiled'],
    torch: torch === undefined ? ['PyTorch'] : torchWords(torch),
  }[kind];
  return [...how, ...(threads === undefined ? [] : [counted(threads, 'thread')])].join(', ');
}

/** "PyTorch 2.15.0 on NVIDIA RTX 4070 (cuda:0), mixed precision (bfloat16)". */
function torchWords({ version, device, name, precision, activations }: TorchPath): string[] {
  const place = `PyTorch ${version} on ${device === 'cpu' ? 'the processor' : `${name} (${device})`}`;
  return precision === 'mixed' ? [place, `mixed precision (${activations})`] : [place];
}

/** Where a cluster trains a run: "On the cluster http://127.0.0.1:8265, 2 workers". */
export function clusterWords({ address, workers }: RunPlaceElsewhere): string {
  return `On the cluster ${address}, ${counted(workers, 'worker')}`;
}

/** What a run lost by falling back to a slower path, and why it had to; nothing where it did not. */
export function fallbackWords({ kind, reason }: TrainingPath): string | undefined {
  if (reason === undefined) return undefined;
  const lost =
    kind === 'eager'
      ? 'This model could not be compiled: it trains step by step, much slower, and repeats no compiled run bit for bit.'
      : 'XLA could not compile this model: TensorFlow’s own graph trains it, slower, and repeats no run by XLA bit for bit.';
  return `${lost} ${reason}`;
}
