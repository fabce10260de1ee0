import { inComment, joined, literal, SCRIPT_WIDTH, wrapped } from '../script-text.ts';
import { isChosen, shapeWords, type ImageSource, type ScriptPlan } from '../script-plan.ts';
import { folderWords, usualFolder } from '../python/python-images.ts';
import { TFJS_PCA, tfjsFigures } from './tfjs-figures.ts';
import { tfjsLabels, tfjsLoading, tfjsReaders } from './tfjs-images.ts';
import { tfjsInitialisers } from './tfjs-initialiser.ts';
import { tfjsModel, tfjsWindows } from './tfjs-model.ts';
import { tfjsClasses } from './tfjs-classes.ts';
import { tfjsAugmentation } from './tfjs-noise.ts';
import { tfjsNeighbours } from './tfjs-neighbours.ts';
import { tfjsObjective } from './tfjs-objective.ts';
import { tfjsPretraining } from './tfjs-pretraining.ts';
import { tfjsTraining } from './tfjs-training.ts';

/** train.mjs, in TensorFlow.js for Node. */
export function tfjsScript(plan: ScriptPlan, notes: readonly string[]): string {
  const { pretraining } = plan.training;
  const blocks = [
    head(plan, notes),
    imports(plan),
    settings(plan),
    tfjsReaders(plan),
    tfjsAugmentation(plan),
    tfjsClasses(plan),
    tfjsObjective(plan),
    pretraining === undefined ? undefined : tfjsPretraining(plan, pretraining),
    TFJS_PCA,
    tfjsNeighbours(plan),
    [...tfjsLoading(plan), ...splitting(plan)].join('\n'),
    joined(0, [
      ...tfjsInitialisers(plan),
      ...tfjsWindows(plan),
      tfjsModel(plan),
      pretraining === undefined ? undefined : `pretrain(trained.reshape([-1, ${plan.values}]));`,
    ]),
    tfjsTraining(plan).join('\n'),
    [ending(plan), ...tfjsFigures(plan)].join('\n'),
  ];
  return `${joined(1, blocks)}\n`;
}

const FUNCTIONS = [
  "const uniform = (shape) => tf.randomUniform(shape, 0, 1, 'float32', seed++);",
  "const normal = (shape) => tf.randomNormal(shape, 0, 1, 'float32', seed++);",
  'const shuffled = (n) => tf.tidy(() => uniform([n]).topk(n).indices.arraySync()); // numbers below n',
];

const TO_IMAGES = "const toImages = (bytes) => tf.tensor1d(bytes, 'int32').reshape([-1, ...SHAPE]).div(255); // 0 to 1";

const MEAN_SQUARED_ERROR = `const meanSquaredError = (images) =>
  tf.tidy(() => tf.losses.meanSquaredError(images, autoencoder.predict(images)).dataSync()[0]);`;

function head(plan: ScriptPlan, notes: readonly string[]): string {
  const { experiment, images } = plan;
  const title = `${inComment(experiment.name)}: an autoencoder ${shapeWords(plan)} for ${inComment(images.name)}.`;
  const lines = [
    ...wrapped(title, SCRIPT_WIDTH - 3),
    'By Autoencoder Studio, for TensorFlow.js. Run: npm install; node train.mjs FOLDER',
    ...wrapped(folderWords[images.source], SCRIPT_WIDTH - 3),
    'Other than in the app:',
    ...notes.flatMap((note) =>
      wrapped(inComment(note), SCRIPT_WIDTH - 5).map((line, at) => `${at === 0 ? '- ' : '  '}${line}`),
    ),
  ];
  return lines.map((line) => (line === '' ? '//' : `// ${line}`)).join('\n');
}

/** Of each source: what its readers use of Node. */
const fileImports: Readonly<Record<ImageSource, readonly string[]>> = {
  idx: [
    "import { readFile, writeFile } from 'node:fs/promises';",
    "import util from 'node:util';",
    "import { gunzipSync } from 'node:zlib';",
  ],
  stored: ["import { readFile, writeFile } from 'node:fs/promises';", "import util from 'node:util';"],
  pictures: [
    "import { readdir, readFile, writeFile } from 'node:fs/promises';",
    "import { basename, dirname, join } from 'node:path';",
    "import util from 'node:util';",
  ],
};

function imports({ images }: ScriptPlan): string {
  return [
    ...fileImports[images.source],
    "import * as tf from '@tensorflow/tfjs-node';",
    'util.isNullOrUndefined ??= (value) => value == null; // tfjs-node 4.22 calls it, Node 23 has none',
  ].join('\n');
}

function settings(plan: ScriptPlan): string {
  const { training, batchSize, model } = plan;
  const { seed, epochs, learningRate, validationCount } = training;
  return joined(0, [
    `let seed = ${literal(seed)}; // each draw takes the next`,
    `const EPOCHS = ${literal(epochs)};`,
    `const BATCH_SIZE = ${literal(batchSize)};`,
    `const LEARNING_RATE = ${literal(learningRate)};`,
    validationCount > 0
      ? `const HELD_OUT = ${literal(validationCount)}; // the first training images: the best epoch is chosen by them`
      : undefined,
    `const SHAPE = [${model.inputShape.join(', ')}];`,
    tfjsLabels(plan),
    `const folder = process.argv[2] ?? '${usualFolder[plan.images.source]}';`,
    ...FUNCTIONS,
    plan.images.source === 'pictures' ? undefined : TO_IMAGES,
    MEAN_SQUARED_ERROR,
  ]);
}

function splitting({ training }: ScriptPlan): string[] {
  const keeps = training.lastPartialBatch === 'keep';
  return [
    ...(isChosen(training)
      ? ['const [heldOut, trained] = [images.slice(0, HELD_OUT), images.slice(HELD_OUT)];']
      : ['const trained = images;']),
    keeps
      ? 'const steps = Math.ceil(trained.shape[0] / BATCH_SIZE); // the last batch may be smaller'
      : 'const steps = Math.floor(trained.shape[0] / BATCH_SIZE); // the rest waits for the next epoch',
  ];
}

/** In two lines where it is too long. */
function testLine(values: number): string {
  const line = (perImage: string): string =>
    `console.log(\`Test: squared error per image \${${perImage}}, MSE \${error.toFixed(6)}\`);`;
  const perImage = `(error * ${values}).toFixed(4)`;
  if (line(perImage).length <= SCRIPT_WIDTH) return line(perImage);
  return [`const perImage = ${perImage};`, line('perImage')].join('\n');
}

const ending = ({ values }: ScriptPlan): string => `const error = meanSquaredError(test);
${testLine(values)}
await autoencoder.save('file://autoencoder');
const shown = test.slice(0, Math.min(2000, test.shape[0]));
const codes = encoder.predict(shown);
const reconstructions = decoder.predict(codes);`;
