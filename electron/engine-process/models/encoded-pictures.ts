import { StudioError } from '../../domain/errors.ts';
import { MOST_PICTURES, type ModelRef, type Reconstructions } from '../../contract/models.ts';
import type { ImageColumns } from '../../domain/words.ts';
import type { ModelService } from './model-service.ts';

/** Pictures as a model takes them, and what it makes of them. */
export interface EncodedPictures {
  readonly images: ImageColumns;
  readonly names: readonly string[];
  /** float32 [names × code size] */
  readonly codes: Float32Array;
  /** Of each reconstruction. */
  readonly squaredErrors: Float32Array;
  /** Those that could not be read, and why. */
  readonly problems: Reconstructions['problems'];
}

/**
 * All pictures in staged files, prepared as the model's own images were, and their codes.
 * @param onProgress told the share of the pictures that are done, 0-1; what it throws ends the work
 * @throws StudioError `bad-file` where none can be read
 */
export async function encodePictures(
  service: ModelService,
  model: ModelRef,
  staged: string,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<EncodedPictures> {
  const parts: Reconstructions[] = [];
  for (let [first, total] = [0, 1]; first < total; first += MOST_PICTURES) {
    const part = await service.handlers['model:reconstruct']({
      model,
      source: { kind: 'staged', staged, first, count: MOST_PICTURES },
      options: { invert: 'auto', centre: 'auto' },
      neighbours: 0,
    });
    parts.push(part);
    total = part.total;
    onProgress(Math.min(1, (first + MOST_PICTURES) / Math.max(1, total)));
  }
  const names = parts.flatMap((part) => part.names);
  const problems = parts.flatMap((part) => part.problems);
  if (names.length === 0) {
    const [first] = problems;
    throw new StudioError(
      'bad-file',
      `Expected at least one picture, found none that can be read${first ? ` (${first.name}: ${first.message})` : ''}.`,
    );
  }
  const pixels = Buffer.concat(parts.map(({ prepared }) => prepared.pixels));
  const images = { ...parts[0]!.prepared, count: names.length, pixels };
  return {
    images,
    names,
    codes: joined(parts.map(({ codes }) => codes)),
    squaredErrors: joined(parts.map(({ squaredErrors }) => squaredErrors)),
    problems,
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const part of parts) {
    all.set(part, filled);
    filled += part.length;
  }
  return all;
}
