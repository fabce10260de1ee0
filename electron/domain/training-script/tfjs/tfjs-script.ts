import { inComment, joined, literal, wrapped } from '../script-text.ts';
import { isChosen, shapeWords, type ImageSource, type ScriptPlan } from '../script-plan.ts';
import { folderWords, usualFolder } from '../python/python-images.ts';
import { tfjsFigureFunctions, tfjsFigures, XML } from './tfjs-figures.ts';
import { tfjsLabels, tfjsLoading, tfjsReaders } from './tfjs-images.ts';
import { tfjsInitialisers } from './tfjs-initialiser.ts';
import { tfjsModel, tiedLayer } from './tfjs-model.ts';
import { tfjsNoise } from './tfjs-noise.ts';
import { tfjsObjective } from './tfjs-objective.ts';
import { tfjsRate } from './tfjs-optimizer.ts';
import { tfjsPretraining } from './tfjs-pretraining.ts';
import { tfjsTraining } from './tfjs-training.ts';

const WIDTH = 114;

/** train.mjs, in TensorFlow.js for Node. */
export function tfjsScript(plan: ScriptPlan, notes: readonly string[]): string {
  const { pretraining } = plan.training;
  const blocks = [
    head(plan, notes),
    imports(plan),
    settings(plan),
    tfjsReaders(plan),
    FUNCTIONS,
    tfjsNoise(plan),
    tiedLayer(plan),
    tfjsObjective(plan),
    tfjsRate(plan),
    isChosen(plan.training) ? COPIED : undefined,
    pretraining === undefined ? undefined : tfjsPretraining(plan, pretraining),
    tfjsFigureFunctions(plan),
    XML,
    [...tfjsLoading(plan), ...splitting(plan)].join('\n'),
    joined(0, [...tfjsInitialisers(plan), tfjsModel(plan)]),
    pretraining === undefined ? undefined : 'pretrain();',
    tfjsTraining(plan).join('\n'),
    ENDING,
    tfjsFigures(plan).join('\n'),
  ];
  return `${joined(1, blocks)}\n`;
}

const FUNCTIONS = `const places = (count) => Array.from({ length: count }, (_, place) => place);

/** The numbers below \`count\` in a random order. */
function shuffled(count) {
  const keys = tf.tidy(() => tf.randomUniform([count], 0, 1, 'float32', draws++).dataSync());
  return places(count).sort((a, b) => keys[a] - keys[b]);
}

/** The images at these places: float32 [n, height, width, channels] from 0 to 1. */
function take(bytes, indices) {
  const values = indices.map((index) => bytes.subarray(index * VALUES, (index + 1) * VALUES));
  return tf.tensor4d(Uint8Array.from(Buffer.concat(values)), [indices.length, ...SHAPE]).div(255);
}

/** Per pixel. */
function meanSquaredError(bytes) {
  let sum = 0;
  for (let first = 0; first < bytes.length; first += 1000 * VALUES) {
    const part = bytes.subarray(first, first + 1000 * VALUES);
    sum += tf.tidy(() => {
      const images = take(part, places(part.length / VALUES));
      return tf.squaredDifference(decoder.predict(encoder.predict(images)), images).sum().dataSync()[0];
    });
  }
  return sum / bytes.length;
}`;

const COPIED = 'const copied = (model) => model.getWeights().map((weight) => weight.clone());';

function head(plan: ScriptPlan, notes: readonly string[]): string {
  const { experiment, images } = plan;
  const title = `${inComment(experiment.name)}: an autoencoder ${shapeWords(plan)} for ${inComment(images.name)}, in TensorFlow.js.`;
  const lines = [
    ...wrapped(title, WIDTH),
    '',
    'Written by Autoencoder Studio. To run it: npm install, then node train.mjs FOLDER.',
    ...wrapped(folderWords[images.source], WIDTH),
    '',
    'Other than in the app:',
    ...notes.flatMap((note) =>
      wrapped(inComment(note), WIDTH - 2).map((line, at) => `${at === 0 ? '- ' : '  '}${line}`),
    ),
  ];
  return lines.map((line) => (line === '' ? '//' : `// ${line}`)).join('\n');
}

/** Of each source: the functions of node:fs/promises and node:path, and others. */
const fileImports: Readonly<Record<ImageSource, readonly string[]>> = {
  idx: [
    "import { readFile, writeFile } from 'node:fs/promises';",
    "import { join } from 'node:path';",
    "import util from 'node:util';",
    "import { gunzipSync } from 'node:zlib';",
  ],
  stored: [
    "import { readFile, writeFile } from 'node:fs/promises';",
    "import { join } from 'node:path';",
    "import util from 'node:util';",
  ],
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
    '',
    '// tfjs-node 4.22 calls a helper that Node 23 has dropped.',
    'util.isNullOrUndefined ??= (value) => value === null || value === undefined;',
  ].join('\n');
}

function settings(plan: ScriptPlan): string {
  const { training, batchSize, model } = plan;
  const { seed, epochs, learningRate, validationCount } = training;
  return joined(0, [
    `const SEED = ${literal(seed)};`,
    `const EPOCHS = ${literal(epochs)};`,
    `const BATCH_SIZE = ${literal(batchSize)};`,
    `const LEARNING_RATE = ${literal(learningRate)};`,
    validationCount > 0
      ? `const HELD_OUT = ${literal(validationCount)}; // the first training images: the best epoch is chosen by them`
      : undefined,
    `const SHAPE = [${model.inputShape.join(', ')}];`,
    `const VALUES = ${literal(plan.values)};`,
    tfjsLabels(plan),
    `const folder = process.argv[2] ?? '${usualFolder[plan.images.source]}';`,
    'let draws = SEED; // each draw has a seed of its own',
  ]);
}

function splitting({ training }: ScriptPlan): string[] {
  const chosen = isChosen(training);
  const keeps = training.lastPartialBatch === 'keep';
  return [
    ...(chosen
      ? ['const [heldOut, trained] = [images.subarray(0, HELD_OUT * VALUES), images.subarray(HELD_OUT * VALUES)];']
      : ['const trained = images;']),
    'const count = trained.length / VALUES;',
    keeps
      ? 'const steps = Math.ceil(count / BATCH_SIZE); // the last batch may be smaller'
      : 'const steps = Math.floor(count / BATCH_SIZE); // what is left over waits for the next epoch',
  ];
}

const ENDING = `const error = meanSquaredError(test);
console.log(\`Test: squared error per image \${(error * VALUES).toFixed(4)}, MSE \${error.toFixed(6)}\`);
await encoder.save('file://encoder');
await decoder.save('file://decoder');
const shown = take(test, places(Math.min(2000, test.length / VALUES)));
const codes = encoder.predict(shown);
const reconstructions = decoder.predict(codes);`;
