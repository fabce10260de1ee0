import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';

/** `--threads <count>` of the commands that compute. */
export function threadsOption(otherwise: string): Option {
  return new Option('--threads <count>', `threads that compute (default: ${otherwise})`).argParser(threadCount);
}

function threadCount(text: string): number {
  const cores = availableParallelism();
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= cores) return count;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${cores}, the cores of this machine.`);
}
