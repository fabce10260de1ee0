import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJson, writeWhole } from '../../electron/files/atomic.ts';
import { encodeSafetensors } from '../../electron/files/safetensors.ts';
import type { RunFolder } from '../../electron/files/run-folder.ts';
import { addRun, experiment, metricsOf } from './studio-samples.ts';

export const snapshot = (runId: string, epoch: number) =>
  ({
    runId,
    epoch,
    reconstructions: { count: 1, height: 1, width: 2, channels: 1, pixels: Uint8Array.of(0, 255) },
    errors: Float32Array.of(0.5),
    map: { x: Float32Array.of(1, 2), y: Float32Array.of(3, 4) },
    mapIs: 'code',
  }) as const;

/** A run with every kind of file. */
export async function wholeRun(data: string, id: string): Promise<RunFolder> {
  const test = { mse: 0.002, squaredError: 1.6, epoch: 2 };
  const folder = await addRun(data, id, { test }, { sweep: 'sweep-1' });
  await folder.addMetrics(metricsOf(1, 5));
  await folder.addMetrics({ ...metricsOf(2, 3), trainingCost: Number.NaN });
  await folder.writeSnapshot(snapshot(id, 2));
  await writeJson(join(folder.modelFolder('best'), 'model-spec.json'), { ...experiment.model, encoder: [] });
  const zeros = (...shape: readonly number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)) });
  const size = experiment.model.code.size;
  const weights = encodeSafetensors({
    'code/kernel': zeros(784, size),
    'code/bias': zeros(size),
    'output/kernel': zeros(size, 784),
    'output/bias': zeros(784),
  });
  await writeWhole(join(folder.modelFolder('best'), 'weights.safetensors'), weights);
  await mkdir(join(folder.path, 'checkpoint-0002-000000'));
  await writeFile(join(folder.path, 'checkpoint-0002-000000', 'state.safetensors'), 'large');
  return folder;
}
