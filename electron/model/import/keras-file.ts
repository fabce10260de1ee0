import { StudioError } from '../../contract/errors.ts';
import type { PlainWeight } from '../export/plain-model.ts';
import { ZipArchive } from '../../files/zip-archive.ts';
import { Hdf5File } from './hdf5.ts';
import { layerChain, type LayerChain } from './keras-config.ts';
import { kerasChain, weightWishes, type FindWeight, type WeightWish } from './keras-layers.ts';
import { parseJson } from './read-bytes.ts';
import { bad, sizeOf, type ReadChain } from './read-chain.ts';

const CONFIG_FILE = 'config.json';
const WEIGHTS_FILE = 'model.weights.h5';

/**
 * A whole model in Keras's older format: `model_config` and `model_weights` of one HDF5 file.
 * @param name what messages call the file
 * @throws StudioError `bad-file` naming what was expected and what was found
 */
export async function readKerasHdf5(bytes: Uint8Array, name: string): Promise<ReadChain> {
  const file = await Hdf5File.open(bytes, name);
  try {
    const config = file.text('', 'model_config');
    if (config === undefined) throw bad(name, 'a whole model (an attribute "model_config")', 'weights alone');
    const chain = layerChain(parseJson(config, `${name}: model_config`), name);
    checkRoom(weightWishes(chain, name), bytes.length, name);
    const paths = weightPaths(file);
    return kerasChain(
      chain,
      (wish) => {
        const own = `${wish.layer.name}/${wish.name}`;
        const path = paths.get(own);
        if (path === undefined) throw bad(`${name}: ${own}`, `weights of shape ${wish.shape.join(' × ')}`, 'none');
        return { name: own, shape: wish.shape, data: file.floats(path, wish.shape) };
      },
      name,
    );
  } finally {
    file.close();
  }
}

/** Where each weight lies, by "layer/kernel": the last two parts of its name, without TensorFlow's number of an output. */
function weightPaths(file: Hdf5File): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const layer of file.texts('model_weights', 'layer_names')) {
    for (const weight of file.texts(`model_weights/${layer}`, 'weight_names')) {
      const own = weight.replace(/:\d+$/, '').split('/').slice(-2);
      // A layer that is called once has its weights directly below it.
      const key = own.length === 2 ? own.join('/') : `${layer}/${own[0] ?? ''}`;
      paths.set(key, `model_weights/${layer}/${weight}`);
    }
  }
  return paths;
}

/**
 * A Keras 3 archive: a zip of `config.json` and `model.weights.h5`, where weights are found by their layer's place and number.
 * @param path on this machine
 * @param name what messages call the file
 * @throws StudioError `bad-file` naming what was expected and what was found
 */
export async function readKerasArchive(path: string, name: string): Promise<ReadChain> {
  const archive = await ZipArchive.open(path, name);
  try {
    const [climbs] = archive.skipped;
    if (climbs !== undefined) {
      throw new StudioError('bad-file', `${name}: ${JSON.stringify(climbs.name)}: ${climbs.reason}`);
    }
    const read = async (wanted: string): Promise<Buffer> => {
      const entry = archive.entries.find((each) => each.name === wanted);
      if (entry === undefined) throw bad(name, `a Keras model, with a file "${wanted}"`, 'none');
      return archive.read({ ...entry, name: `${name}: ${wanted}` });
    };
    const config = await read(CONFIG_FILE);
    const chain = layerChain(parseJson(config.toString('utf8'), `${name}: ${CONFIG_FILE}`), name);
    const wishes = weightWishes(chain, name);
    const weights = await read(WEIGHTS_FILE);
    checkRoom(wishes, weights.length, `${name}: ${WEIGHTS_FILE}`);
    return await readPlaced(chain, weights, name);
  } finally {
    archive.close();
  }
}

async function readPlaced(chain: LayerChain, bytes: Uint8Array, name: string): Promise<ReadChain> {
  const where = `${name}: ${WEIGHTS_FILE}`;
  const file = await Hdf5File.open(bytes, where);
  try {
    // As the first Keras with this format called them.
    const older = file.keys('layers') === undefined && file.keys(OLDER_PLACE) !== undefined;
    const find: FindWeight = ({ layer, name: weight, index, shape }): PlainWeight => {
      const place = older ? layer.place.replaceAll(/(?<=^|\/)layers(?=\/)/g, OLDER_PLACE) : layer.place;
      return { name: `${layer.name}/${weight}`, shape, data: file.floats(`${place}/vars/${index}`, shape) };
    };
    return kerasChain(chain, find, name);
  } finally {
    file.close();
  }
}

const OLDER_PLACE = '_layer_checkpoint_dependencies';

/** What the layers claim cannot be more than the file holds. */
function checkRoom(wishes: readonly WeightWish[], bytes: number, where: string): void {
  const claimed = wishes.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  if (claimed <= bytes) return;
  const found = `${bytes.toLocaleString('en')} bytes in all`;
  throw bad(where, `${claimed.toLocaleString('en')} bytes of weights, as its layers say`, found);
}
