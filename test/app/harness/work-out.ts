// `node work-out.ts DATA-FOLDER [EXPERIMENT.JSON]`: works out what an engine works out once and keeps for its windows. Of MNIST's pixels:
// what PCA makes of them, and how well it keeps the classes together in as many dimensions as most presets' codes have. With an
// experiment a run is trained there, and how good its codes are: in this one process, as each that loads TensorFlow takes seconds to.
import { readFile } from 'node:fs/promises';
import type { Experiment } from '../../../electron/domain/experiment.ts';
import { MNIST_ID } from '../../../electron/domain/ids.ts';
import { presetOn, presets } from '../../../electron/domain/presets.ts';
import type { RunEnded } from '../../../electron/domain/words.ts';
import { TRAINING_IMAGES } from '../../../scripts/mnist-part.ts';
import { EngineService } from '../../../electron/engine-process/engine-service.ts';

const [dataFolder = '', file] = process.argv.slice(2);
const { promise: ending, resolve: end } = Promise.withResolvers<RunEnded>();
const { handlers } = new EngineService(dataFolder, (name, payload) => {
  if (name === 'run:ended') end(payload as RunEnded);
});

async function ofPixels(): Promise<void> {
  const { training, model } = presetOn(presets[0]!, {
    id: MNIST_ID,
    shape: [28, 28, 1],
    trainingCount: TRAINING_IMAGES,
  });
  const { validationCount } = training;
  const components = model.code.size;
  await handlers['image-set:baseline']({ imageSet: MNIST_ID, validationCount });
  await handlers['image-set:plane']({ imageSet: MNIST_ID, validationCount, split: 'test' });
  await handlers['image-set:pca-neighbours']({ imageSet: MNIST_ID, validationCount, components });
}

async function ofRun(experiment: Experiment): Promise<void> {
  const { runId } = await handlers['run:start']({ experiment });
  const { status, problem } = await ending;
  if (status !== 'finished') throw new Error(`Expected a run that finishes, found one that is ${status}: ${problem}`);
  await handlers['model:merit']({ model: { runId, weights: 'best' } });
}

if (file === undefined) await ofPixels();
else await ofRun(JSON.parse(await readFile(file, 'utf8')) as Experiment);
