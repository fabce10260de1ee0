import { dirname } from 'node:path';
import * as v from 'valibot';
import { describeIssue } from '../../domain/describe-issue.ts';
import type { LayerShape } from '../../domain/layer-settings.ts';
import { halves } from './halves.ts';
import { insideFolder } from './inside-folder.ts';
import { layerChain } from './keras-config.ts';
import { asConfig } from './keras-entry.ts';
import { kerasChain, weightWishes } from './keras-layers.ts';
import { parseJson, readBytes, sizeOfFile } from './read-bytes.ts';
import { bad, MOST_VALUES, sizeOf, type ReadChain } from './read-chain.ts';
import { WeightNames } from './weight-names.ts';

/** Of a model.json: a description of layers and the names of weights. */
const MOST_JSON_BYTES = 64 * 2 ** 20;
/** Of one value as it is stored. */
const VALUE_BYTES = { float32: 4, float16: 2, uint16: 2, uint8: 1 } as const;

const WeightSchema = v.object({
  name: v.string(),
  shape: v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_VALUES))),
  dtype: v.string(),
  quantization: v.optional(
    v.variant('dtype', [
      v.object({ dtype: v.literal('float16') }),
      v.object({ dtype: v.picklist(['uint8', 'uint16']), scale: v.number(), min: v.number() }),
    ]),
  ),
});
const ManifestSchema = v.pipe(
  v.array(v.object({ paths: v.pipe(v.array(v.string()), v.maxLength(100_000)), weights: v.array(WeightSchema) })),
  v.maxLength(10_000),
);
type Group = v.InferOutput<typeof ManifestSchema>[number];

type Entry = v.InferOutput<typeof WeightSchema>;

/** Where a weight lies in its group's files, put one after another. */
interface StoredWeight {
  readonly entry: Entry;
  readonly bytes: Buffer;
  readonly offset: number;
}

/**
 * A LayersModel of TensorFlow.js: model.json and, beside it, the files it names.
 * @param path of model.json
 * @param name what messages call it
 * @throws StudioError `bad-file` naming the file, what was expected and what was found; then no weights were read that are not
 * there in full
 */
export async function readTfjsModel(path: string, name: string, said?: LayerShape): Promise<ReadChain> {
  const json = asConfig(parseJson((await readBytes(path, name, MOST_JSON_BYTES)).toString('utf8'), name));
  const { modelTopology: topology, format } = json;
  if (format === 'graph-model')
    throw bad(
      name,
      'a layers model',
      'a graph model, whose layers are lost: bring in the Keras model it was made of, or convert that as tfjs_layers_model',
    );
  if (topology === undefined)
    throw bad(
      name,
      'a model of TensorFlow.js, with "modelTopology"',
      'none: choose the model.json that TensorFlow.js has saved',
    );
  const chain = layerChain(asConfig(topology)['model_config'] ?? topology, name, said);
  const wishes = weightWishes(chain, name);
  const groups = manifestOf(json['weightsManifest'], name);
  const stored = await readWeights(groups, dirname(path), name);
  const claimed = wishes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (claimed > MOST_VALUES) throw bad(name, `at most ${MOST_VALUES} weights`, `${claimed}: save a smaller model`);
  const read = kerasChain(
    chain,
    ({ layer, name: weight, shape }) => {
      const own = `${layer.name}/${weight}`;
      const found = stored.find(layer, weight);
      const expected = `weights of shape ${shape.join(' × ')}`;
      if (found === undefined) throw bad(`${name}: ${own}`, expected, 'none: save the model again');
      const { entry } = found;
      if (entry.shape.join() !== shape.join())
        throw bad(`${name}: ${own}`, expected, `${entry.shape.join(' × ')}: save the model again`);
      return { name: own, shape, data: numbersOf(found) };
    },
    name,
  );
  return { ...read, format: 'TensorFlow.js' };
}

const bytesOf = ({ shape, quantization }: Entry): number =>
  VALUE_BYTES[quantization?.dtype ?? 'float32'] * sizeOf(shape);

/** A weight's numbers, copied out; whole numbers stand for steps from a least value, as TensorFlow.js's converter writes them. */
function numbersOf({ entry, bytes, offset }: StoredWeight): Float32Array<ArrayBuffer> {
  const own = Uint8Array.prototype.slice.call(bytes, offset, offset + bytesOf(entry));
  const { quantization } = entry;
  if (quantization === undefined) return new Float32Array(own.buffer);
  if (quantization.dtype === 'float16') return halves(own);
  const { dtype, scale, min } = quantization;
  const steps = dtype === 'uint8' ? own : new Uint16Array(own.buffer);
  return Float32Array.from(steps, (step) => step * scale + min);
}

function manifestOf(manifest: unknown, name: string): readonly Group[] {
  if (manifest === undefined)
    throw bad(name, 'a list of its weights ("weightsManifest")', 'none: save the model again');
  const parsed = v.safeParse(ManifestSchema, manifest);
  if (!parsed.success)
    throw bad(
      `${name}: weightsManifest`,
      'groups of weights and their files',
      describeIssue(parsed.issues[0]).replace(/\.$/, ''),
    );
  return parsed.output;
}

async function readWeights(groups: readonly Group[], folder: string, name: string): Promise<WeightNames<StoredWeight>> {
  const stored = new WeightNames<StoredWeight>(name);
  for (const group of groups) {
    for (const { name: weight, dtype } of group.weights) {
      if (dtype !== 'float32')
        throw bad(`${name}: ${weight}`, 'float32 weights', `${dtype}: save the model with these`);
    }
    const bytes = await readGroup(group, folder, name);
    let offset = 0;
    for (const entry of group.weights) {
      stored.add(entry.name, { entry, bytes, offset });
      offset += bytesOf(entry);
    }
  }
  return stored;
}

/** A group's files, one after another; their sizes are compared with what the manifest says before they are read. */
async function readGroup({ paths, weights }: Group, folder: string, name: string): Promise<Buffer> {
  const expected = weights.reduce((sum, entry) => sum + bytesOf(entry), 0);
  const files = await Promise.all(paths.map((path) => insideFolder(path, folder, name)));
  const sizes = await Promise.all(files.map((file, index) => sizeOfFile(file, `${name}: ${paths[index]}`)));
  const found = sizes.reduce((sum, size) => sum + size, 0);
  if (found !== expected) {
    const where = paths.length === 0 ? name : `${name}: ${paths.join(', ')}`;
    const remedy = 'copy all files again, or save the model again';
    throw bad(where, `${expected.toLocaleString('en')} bytes of weights`, `${found.toLocaleString('en')}: ${remedy}`);
  }
  const shards: Buffer[] = [];
  for (const [index, file] of files.entries()) shards.push(await readBytes(file, `${name}: ${paths[index]}`));
  return shards.length === 1 ? (shards[0] as Buffer) : Buffer.concat(shards);
}
