import { join } from 'node:path';
import type { ModelPart } from '../../domain/export-formats.ts';
import type { Network } from '../../engine/network.ts';
import { tf } from '../../engine/tensorflow.ts';
import { untied } from '../../engine/untie.ts';
import { writeJson, writeWhole } from '../../files/atomic.ts';
import type { ExportedModel, FormatWriter } from './exported-model.ts';
import { javascriptVerdict } from './inspection/verdict-writer.ts';

const WEIGHTS_FILE = 'weights.bin';

/** TensorFlow.js's own LayersModel: `model.json` and `weights.bin` for each part, written by TensorFlow.js itself. */
export const tfjsWriter: FormatWriter = {
  language: 'javascript',
  imageOrder: 'nhwc',
  packages: '@tensorflow/tfjs',
  verdict: javascriptVerdict,
  async write(model, folder) {
    if (model.spec.tiedWeights !== true) return writeParts(model, model.network, folder);
    // The format's readers know no layer whose weights are another's.
    const plain = untied(model.network);
    try {
      await writeParts(model, plain, folder);
    } finally {
      plain.dispose();
    }
  },
  files: (model) =>
    model.parts.flatMap(({ part }) => [
      { name: join(placeOf(model, part), 'model.json'), about: `the ${part}’s layers` },
      { name: join(placeOf(model, part), WEIGHTS_FILE), about: `the ${part}’s weights` },
    ]),
  usage: (model) => {
    const [{ part } = { part: 'autoencoder' as const }] = model.parts;
    const input = part === 'decoder' ? `tf.zeros([1, ${model.spec.code.size}])` : 'toInput(tf, pixels)';
    return `import * as tf from '@tensorflow/tfjs';
import { toInput, toPixels } from './preprocessing.mjs';

const ${part} = await tf.loadLayersModel('${urlOf(placeOf(model, part))}');
const ${part === 'encoder' ? 'codes' : 'images'} = ${part}.predict(${input});`;
  },
  runner: (model) => ({
    imports: `import * as tf from '@tensorflow/tfjs';\nimport { toInput } from './preprocessing.mjs';`,
    run: `/** What the model makes of bytes of images, or of codes. */
async function run(part, { shape, values }) {
  const places = ${JSON.stringify(Object.fromEntries(model.parts.map(({ part }) => [part, urlOf(placeOf(model, part))])))};
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(at(places[part]), 'utf8'));
  const [{ paths, weights }] = weightsManifest;
  const { buffer } = Uint8Array.from(await readFile(new URL(paths[0], at(places[part]))));
  const files = tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData: buffer });
  const model = await tf.loadLayersModel(files);
  const input = values instanceof Uint8Array ? toInput(tf, values) : tf.tensor(values, shape);
  return model.predict(input).data();
}`,
  }),
};

async function writeParts(model: ExportedModel, network: Network, folder: string): Promise<void> {
  for (const { part } of model.parts) await writeLayersModel(network[part], join(folder, placeOf(model, part)));
}

/** One part lies in the folder itself; of three, the autoencoder does. */
function placeOf(model: ExportedModel, part: ModelPart): string {
  return model.parts.length === 1 || part === 'autoencoder' ? '' : part;
}

const urlOf = (place: string): string => (place === '' ? 'model.json' : `${place}/model.json`);

async function writeLayersModel(model: tf.LayersModel, folder: string): Promise<void> {
  const handler = tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData, format, generatedBy }) => {
    const data = tf.io.CompositeArrayBuffer.join(weightData);
    await writeWhole(join(folder, WEIGHTS_FILE), new Uint8Array(data));
    await writeJson(join(folder, 'model.json'), {
      format,
      generatedBy,
      modelTopology,
      weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
    });
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  });
  await model.save(handler);
}
