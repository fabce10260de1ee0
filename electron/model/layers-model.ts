import { join } from 'node:path';
import type { Network } from '../engine/network.ts';
import { tf } from '../engine/tensorflow.ts';
import { untied } from '../engine/untie.ts';
import { writeFolder, writeJson, writeWhole } from '../files/atomic.ts';

const WEIGHTS_FILE = 'weights.bin';

/**
 * Writes the model as a TensorFlow.js LayersModel folder: the autoencoder's `model.json` and `weights.bin` at its top, the
 * encoder's and the decoder's in folders of their own, and how pixels become the model's input in `preprocessing.json`.
 * @returns the files, relative to the folder
 */
export async function exportLayersModel(network: Network, folder: string): Promise<string[]> {
  if (network.spec.tiedWeights !== true) return writeParts(network, folder);
  // The format's readers know no layer whose weights are another's.
  const plain = untied(network);
  try {
    return await writeParts(plain, folder);
  } finally {
    plain.dispose();
  }
}

async function writeParts(network: Network, folder: string): Promise<string[]> {
  const parts = [
    { model: network.autoencoder, place: '' },
    { model: network.encoder, place: 'encoder' },
    { model: network.decoder, place: 'decoder' },
  ];
  const [height, width, channels] = network.spec.inputShape;
  await writeFolder(folder, async (temporary) => {
    for (const { model, place } of parts) await writeLayersModel(model, join(temporary, place));
    await writeJson(join(temporary, 'preprocessing.json'), {
      input: { height, width, channels, type: 'float32', range: [0, 1] },
      fromBytes: 'divide by 255',
    });
  });
  return [
    'preprocessing.json',
    ...parts.flatMap(({ place }) => [join(place, 'model.json'), join(place, WEIGHTS_FILE)]),
  ];
}

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
