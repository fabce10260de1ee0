import type { TraineeFields } from '../../contract/torch.ts';

/** How a trainee's process has ended without a word of its own. */
export function lostWords(code: number | null, signal: NodeJS.Signals | null, stderr: string): string {
  const how = signal === null ? `ended with exit code ${code}` : `was ended by signal ${signal}`;
  const last = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  return `The process that trains through PyTorch ${how}.${last === '' ? '' : ` Its last words: ${last.slice(0, 300)}`}`;
}

/** That it was given up on. */
export function silentWords(silenceMs: number): string {
  const wait = silenceMs < 60_000 ? `${silenceMs / 1_000} s` : `${silenceMs / 60_000} minutes`;
  return `The process that trains through PyTorch did not answer in ${wait}: it was ended.`;
}

/** That a step has no room, what would have, and what to do. */
export function memoryWords({ batch, fits, totalBytes, freeBytes, message }: TraineeFields<'FAILED'>): string {
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  const memory =
    totalBytes === undefined ? '' : ` (${gigabytes(freeBytes ?? 0)} of ${gigabytes(totalBytes)} free for it)`;
  if (batch === undefined) return `The graphics card has no room for the model${memory}. ${message}`;
  const asked = `The graphics card has no room for a batch of ${batch.toLocaleString('en')} images${memory}.`;
  if (fits === undefined || fits === 0)
    return `${asked} Not even one image fits: make the model or the images smaller.`;
  return `${asked} A batch of ${fits.toLocaleString('en')} fits.`;
}
