import { zipSync } from 'fflate';
import { weightsOf, type PlainModel, type PlainWeight } from '../plain-model.ts';
import { encodeHdf5, type Hdf5Group } from './hdf5-file.ts';
import { snakeCase } from '../../keras-naming.ts';
import { KERAS_VERSION, kerasLayers, kerasModel, type KerasLayer } from './keras-config.ts';

/** A `.keras` file: a zip of the configuration and of the weights, by each layer's place among those of its class. */
export async function encodeKeras(model: PlainModel, bytesIn: boolean): Promise<Uint8Array> {
  const layers = kerasLayers(model, bytesIn);
  const weights = await encodeHdf5({ groups: { layers: { groups: Object.fromEntries(groupsByClass(layers)) } } });
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  return zipSync(
    {
      'metadata.json': json({ keras_version: KERAS_VERSION }),
      'config.json': json(kerasModel(model, layers)),
      'model.weights.h5': weights,
    },
    // Stored, as Keras does: weights hardly shrink.
    { level: 0 },
  );
}

/** A `.h5` file of the kind that Keras wrote before version 3: the configuration as text, the weights by name. */
export async function encodeLegacyKeras(model: PlainModel, bytesIn: boolean): Promise<Uint8Array> {
  const layers = kerasLayers(model, bytesIn);
  const origin = { keras_version: KERAS_VERSION, backend: 'tensorflow' };
  const named = layers.slice(1).map((layer) => [nameOf(layer), groupByName(layer)] as const);
  return encodeHdf5({
    attributes: { ...origin, model_config: JSON.stringify(kerasModel(model, layers)) },
    groups: {
      model_weights: {
        attributes: { ...origin, layer_names: named.map(([name]) => name) },
        groups: Object.fromEntries(named),
      },
    },
  });
}

/** "dense", "dense_1", …: as Keras 3 names what it saves. */
function groupsByClass(layers: readonly KerasLayer[]): (readonly [string, Hdf5Group])[] {
  const used = new Map<string, number>();
  return layers.slice(1).map(({ class_name, op }) => {
    const name = snakeCase(class_name);
    const index = used.get(name) ?? 0;
    used.set(name, index + 1);
    const datasets = Object.fromEntries(weightsIn(op).map((weight, place) => [String(place), weight]));
    return [index === 0 ? name : `${name}_${index}`, { groups: { vars: { datasets } } }];
  });
}

function groupByName(layer: KerasLayer): Hdf5Group {
  const name = nameOf(layer);
  const weights = weightsIn(layer.op);
  const names = weights.map((_, place) => namesOf(layer.op)[place] ?? '');
  return {
    attributes: { weight_names: names.map((each) => `${name}/${each}`) },
    ...(weights.length === 0
      ? {}
      : {
          groups: { [name]: { datasets: Object.fromEntries(weights.map((weight, place) => [names[place]!, weight])) } },
        }),
  };
}

/** What Keras calls a step's weights, in their order. */
function namesOf(op: KerasLayer['op']): readonly string[] {
  switch (op?.kind) {
    case 'batch-norm':
    case 'layer-norm':
    case 'group-norm':
      return statistics;
    case 'prelu':
      return ['alpha'];
    default:
      return trained;
  }
}

const trained = ['kernel', 'bias'] as const;
const statistics = ['gamma', 'beta', 'moving_mean', 'moving_variance'] as const;

/** In Keras's order, which is that of the plain steps; kernels lie as TensorFlow's do. */
const weightsIn = (op: KerasLayer['op']): readonly PlainWeight[] => (op === undefined ? [] : weightsOf(op));

const nameOf = ({ config }: KerasLayer): string => config.name as string;
