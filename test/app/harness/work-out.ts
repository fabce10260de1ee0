// `node work-out.ts DATA-FOLDER`: works out what an engine works out once and keeps for its windows: what PCA makes of MNIST's
// pixels, how well it keeps the classes together in as many dimensions as most presets' codes have, and how good the codes of each run
// in the folder are.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MNIST_ID } from '../../../electron/domain/ids.ts';
import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
import { EngineService } from '../../../electron/engine-process/engine-service.ts';

const dataFolder = process.argv[2]!;
const { training, model } = presetExperiment(presets[0]!, MNIST_ID, [28, 28, 1]);
const { validationCount } = training;
const components = model.code.size;
const { handlers } = new EngineService(dataFolder, () => undefined);
await handlers['image-set:baseline']({ imageSet: MNIST_ID, validationCount });
await handlers['image-set:plane']({ imageSet: MNIST_ID, validationCount, split: 'test' });
await handlers['image-set:pca-neighbours']({ imageSet: MNIST_ID, validationCount, components });
for (const runId of await readdir(join(dataFolder, 'runs')).catch(() => [])) {
  await handlers['model:merit']({ model: { runId, weights: 'best' } });
}
