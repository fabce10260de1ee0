import { StudioError } from '../domain/errors.ts';

/** @throws StudioError `engine-failed` where a code is not a finite number, as after training with too large a rate. */
export function checkFinite(codes: Float32Array): void {
  if (allFinite(codes)) return;
  throw new StudioError('engine-failed', 'The codes are no longer finite numbers. Try a smaller learning rate.');
}

/** A plain loop: `every` takes ten times as long on the codes of a whole set. */
export function allFinite(values: Float32Array): boolean {
  for (let index = 0; index < values.length; index += 1) if (!Number.isFinite(values[index])) return false;
  return true;
}
