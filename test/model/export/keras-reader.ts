import { randomUUID } from 'node:crypto';
import { unzipSync } from 'fflate';
import { Dataset, File, Group, ready } from 'h5wasm';
import { tf } from '../../../electron/engine/tensorflow.ts';

/** A layer as Keras's configuration has it. */
interface ConfiguredLayer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>> & { readonly name: string };
}

interface Configuration {
  readonly class_name: string;
  readonly config: { readonly name: string; readonly layers: readonly ConfiguredLayer[] };
}

/** A model file, taken apart: its layers and the arrays of each, in their order. */
export interface KerasFile {
  readonly layers: readonly ConfiguredLayer[];
  readonly weights: ReadonlyMap<string, readonly StoredArray[]>;
}

interface StoredArray {
  readonly shape: number[];
  readonly data: Float32Array;
}

/** Reads a `.keras` file: of the weights, each layer's group is found by its class and its place among those of it. */
export async function readKeras(bytes: Uint8Array): Promise<KerasFile> {
  const entries = unzipSync(bytes);
  const { config } = JSON.parse(new TextDecoder().decode(entries['config.json'])) as Configuration;
  return onFile(entries['model.weights.h5']!, (file) => {
    const count = new Map<string, number>();
    const weights = config.layers.slice(1).map(({ class_name: kind, config: { name } }) => {
      const place = count.get(kind) ?? 0;
      count.set(kind, place + 1);
      const vars = groupAt(file, `layers/${groupNames[kind]!}${place === 0 ? '' : `_${place}`}/vars`);
      return [name, vars.keys().map((_, index) => arrayAt(vars, String(index)))] as const;
    });
    return { layers: config.layers, weights: new Map(weights) };
  });
}

/** Reads a `.h5` file by the names in its attributes. */
export async function readKerasH5(bytes: Uint8Array): Promise<KerasFile> {
  return onFile(bytes, (file) => {
    const { config } = JSON.parse(file.attrs.model_config!.value as string) as Configuration;
    const all = groupAt(file, 'model_weights');
    const weights = (all.attrs.layer_names!.value as string[]).map((name) => {
      const group = groupAt(all, name);
      const names = group.attrs.weight_names!.value;
      return [name, Array.isArray(names) ? names.map((each) => arrayAt(group, each as string)) : []] as const;
    });
    return { layers: config.layers, weights: new Map(weights) };
  });
}

/** The same layers in TensorFlow.js, which knows the configurations of Keras 2. The caller disposes of the model. */
export function buildInTensorFlow({ layers, weights }: KerasFile): tf.LayersModel {
  const model = tf.sequential();
  const [input, ...rest] = layers;
  const { batch_shape: batchInputShape } = input!.config as unknown as { batch_shape: (number | null)[] };
  for (const [index, { class_name: className, config }] of rest.entries()) {
    const { negative_slope: alpha, ...others } = config;
    const older = alpha === undefined ? others : { ...others, alpha };
    const first = index === 0 ? { batch_input_shape: batchInputShape } : {};
    model.add(layerOf(className, { ...older, ...first }));
  }
  for (const layer of model.layers) {
    tf.tidy(() => layer.setWeights((weights.get(layer.name) ?? []).map(({ data, shape }) => tf.tensor(data, shape))));
  }
  return model;
}

function layerOf(className: string, config: Record<string, unknown>): tf.layers.Layer {
  const [make, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[className] ?? [];
  if (make === undefined || fromConfig === undefined) throw new Error(`${className}: unknown to TensorFlow.js`);
  return fromConfig(make, camelCased(config)) as tf.layers.Layer;
}

const camelCased = (config: Record<string, unknown>): tf.serialization.ConfigDict =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  ) as tf.serialization.ConfigDict;

/** As Keras 3 names what it saves. */
const groupNames: Readonly<Record<string, string>> = {
  Activation: 'activation',
  AveragePooling2D: 'average_pooling2d',
  BatchNormalization: 'batch_normalization',
  Conv2D: 'conv2d',
  Conv2DTranspose: 'conv2d_transpose',
  Cropping2D: 'cropping2d',
  Dense: 'dense',
  Flatten: 'flatten',
  LeakyReLU: 'leaky_re_lu',
  MaxPooling2D: 'max_pooling2d',
  Rescaling: 'rescaling',
  Reshape: 'reshape',
  UpSampling2D: 'up_sampling2d',
};

async function onFile<T>(bytes: Uint8Array, read: (file: File) => T): Promise<T> {
  const { FS } = await ready;
  const name = `/${randomUUID()}.h5`;
  FS.writeFile(name, bytes);
  const file = new File(name, 'r');
  try {
    return read(file);
  } finally {
    file.close();
    FS.unlink(name);
  }
}

function groupAt(parent: Group, path: string): Group {
  const found = parent.get(path);
  if (!(found instanceof Group)) throw new Error(`${path}: expected a group`);
  return found;
}

function arrayAt(parent: Group, path: string): StoredArray {
  const found = parent.get(path);
  if (!(found instanceof Dataset)) throw new Error(`${path}: expected an array`);
  return { shape: found.shape!, data: Float32Array.from(found.value as Float32Array) };
}
