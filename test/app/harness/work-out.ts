// `node work-out.ts DATA-FOLDER`: works out what an engine works out once and keeps for its windows: what PCA makes of MNIST's
// pixels, and how good the codes of each run in the folder are.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MNIST_ID } from '../../../electron/domain/ids.ts';
import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
import { EngineService } from '../../../electron/engine-process/engine-service.ts';

const dataFolder = process.argv[2]!;
const { validationCount } = presetExperiment(presets[0]!, MNIST_ID, [28, 28, 1]).training;
const { handlers } = new EngineService(dataFolder, () => undefined);
await handlers['image-set:baseline']({ imageSet: MNIST_ID, validationCount });
await handlers['image-set:plane']({ imageSet: MNIST_ID, validationCount, split: 'test' });
for (const runId of await readdir(join(dataFolder, 'runs')).catch(() => [])) {
  await handlers['model:merit']({ model: { runId, weights: 'best' } });
}
