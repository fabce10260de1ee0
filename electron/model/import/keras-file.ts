import type { LayerShape } from '../../domain/layer-settings.ts';
import { StudioError } from '../../domain/errors.ts';
import type { PlainWeight } from '../export/plain-model.ts';
import { ZipArchive } from '../../files/zip-archive.ts';
import { Hdf5Thread } from './hdf5/hdf5-thread.ts';
import { layerChain, type LayerChain } from './keras-config.ts';
import { asConfig } from './keras-entry.ts';
import { kerasChain, weightWishes } from './keras-layers.ts';
import type { FindWeight, WeightWish } from './weight-wish.ts';
import { parseJson } from './read-bytes.ts';
import { bad, sizeOf, type ReadChain } from './read-chain.ts';
import { WeightNames } from './weight-names.ts';

const CONFIG_FILE = 'config.json';
const METADATA_FILE = 'metadata.json';
const WEIGHTS_FILE = 'model.weights.h5';

/**
 * A whole model in Keras's older format: `model_config` and `model_weights` of one HDF5 file.
 * @param name what messages call the file
 * @param said the images' shape, for a file that leaves it open
 * @throws StudioError `bad-file` naming what was expected and what was found
 */
export async function readKerasHdf5(bytes: Uint8Array, name: string, said?: LayerShape): Promise<ReadChain> {
  const size = bytes.length;
  const file = await Hdf5Thread.open(bytes, name);
  try {
    const config = await file.text('', 'model_config');
    if (config === undefined) {
      throw bad(
        name,
        'a whole model (an attribute "model_config")',
        'weights alone: save it by model.save(), not save_weights()',
      );
    }
    const version = await file.text('', 'keras_version');
    const chain = layerChain(parseJson(config, `${name}: model_config`), name, said, version);
    const wishes = weightWishes(chain, name);
    checkSpace(wishes, size, name);
    const paths = await weightPaths(file, name);
    const wanted = wishes.map(({ layer, name: weight, shape }) => {
      const path = paths.find(layer, weight);
      if (path !== undefined) return { path, shape };
      const expected = `weights of shape ${shape.join(' × ')}`;
      throw bad(`${name}: ${layer.name}/${weight}`, expected, 'none: save the whole model again');
    });
    return kerasChain(chain, granted(wishes, await file.floats(wanted)), name);
  } finally {
    await file.close();
  }
}

/** Where each weight lies: below the layer of the whole model that it belongs to, by its own name. */
async function weightPaths(file: Hdf5Thread, name: string): Promise<WeightNames<string>> {
  const paths = new WeightNames<string>(name);
  for (const layer of await file.texts('model_weights', 'layer_names')) {
    for (const weight of await file.texts(`model_weights/${layer}`, 'weight_names')) {
      paths.add(`${layer}/${weight}`, `model_weights/${layer}/${weight}`);
    }
  }
  return paths;
}

/**
 * A Keras 3 archive: a zip of `config.json` and `model.weights.h5`, where weights are found by their layer's place and number.
 * @param path on this machine
 * @param name what messages call the file
 * @param said the images' shape, for a file that leaves it open
 * @throws StudioError `bad-file` naming what was expected and what was found
 */
export async function readKerasArchive(path: string, name: string, said?: LayerShape): Promise<ReadChain> {
  const archive = await ZipArchive.open(path, name);
  try {
    const [climbs] = archive.skipped;
    if (climbs !== undefined) {
      throw new StudioError('bad-file', `${name}: ${JSON.stringify(climbs.name)}: ${climbs.reason}`);
    }
    const read = async (wanted: string): Promise<Buffer> => {
      const entry = archive.entries.find((each) => each.name === wanted);
      if (entry === undefined) throw bad(name, `a Keras model, with a file "${wanted}"`, `none${remedyFor(archive)}`);
      return archive.read({ ...entry, name: `${name}: ${wanted}` });
    };
    const version = async (): Promise<string> => {
      if (!archive.entries.some((each) => each.name === METADATA_FILE)) return '3';
      const metadata = asConfig(parseJson((await read(METADATA_FILE)).toString('utf8'), `${name}: ${METADATA_FILE}`));
      return String(metadata['keras_version'] ?? '3');
    };
    const config = await read(CONFIG_FILE);
    const chain = layerChain(
      parseJson(config.toString('utf8'), `${name}: ${CONFIG_FILE}`),
      name,
      said,
      await version(),
    );
    const wishes = weightWishes(chain, name);
    const weights = await read(WEIGHTS_FILE);
    checkSpace(wishes, weights.length, `${name}: ${WEIGHTS_FILE}`);
    return await readPlaced(chain, wishes, weights, name);
  } finally {
    archive.close();
  }
}

async function readPlaced(
  chain: LayerChain,
  wishes: readonly WeightWish[],
  bytes: Uint8Array,
  name: string,
): Promise<ReadChain> {
  const file = await Hdf5Thread.open(bytes, `${name}: ${WEIGHTS_FILE}`);
  try {
    // As the first Keras with this format called them.
    const older = (await file.keys('layers')) === undefined && (await file.keys(OLDER_PLACE)) !== undefined;
    const wanted = wishes.map(({ layer, index, shape }) => {
      const place = older ? layer.place.replaceAll(/(?<=^|\/)layers(?=\/)/g, OLDER_PLACE) : layer.place;
      return { path: `${place}/vars/${index}`, shape };
    });
    return kerasChain(chain, granted(wishes, await file.floats(wanted)), name);
  } finally {
    await file.close();
  }
}

/** Every wish with what was read for it. */
function granted(wishes: readonly WeightWish[], read: readonly Float32Array[]): FindWeight {
  const key = ({ layer, index }: WeightWish): string => `${layer.place} ${index}`;
  const found = new Map(wishes.map((wish, at) => [key(wish), read[at] as Float32Array]));
  return (wish): PlainWeight => ({
    name: `${wish.layer.name}/${wish.name}`,
    shape: wish.shape,
    data: found.get(key(wish)) as Float32Array,
  });
}

const OLDER_PLACE = '_layer_checkpoint_dependencies';

/** Weights of PyTorch are a zip too. */
const remedyFor = ({ entries }: ZipArchive): string =>
  entries.some(({ name }) => name.endsWith('data.pkl'))
    ? ', but weights of PyTorch: export the model by torch.onnx.export()'
    : ': save it by model.save("….keras")';

/** What the layers claim cannot be more than the file holds. */
function checkSpace(wishes: readonly WeightWish[], bytes: number, where: string): void {
  const claimed = wishes.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  // Those of half precision take half of that.
  if (claimed / 2 <= bytes) return;
  const found = `${bytes.toLocaleString('en')} bytes in all: copy the file again, or save the model again`;
  throw bad(where, `${claimed.toLocaleString('en')} bytes of weights, as its layers say`, found);
}
