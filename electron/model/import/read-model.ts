import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { LayerShape } from '../../domain/layer-settings.ts';
import { StudioError } from '../../domain/errors.ts';
import { readFully } from '../../files/read-fully.ts';
import { readKerasArchive, readKerasHdf5 } from './keras-file.ts';
import { readOnnxModel } from './onnx/read-onnx.ts';
import { readBytes } from './read-bytes.ts';
import { bad, type ReadChain } from './read-chain.ts';
import { readTfjsModel } from './tfjs-folder.ts';

/** A model of another program, read but not yet understood as an autoencoder. */
export interface ReadModel {
  /** Of its file or folder, without the ending. */
  readonly name: string;
  readonly chain: ReadChain;
}

type Reader = (path: string, name: string, said?: LayerShape) => Promise<ReadChain>;

const MODEL_JSON = 'model.json';

/** By a file's ending. */
const readers: Readonly<Record<string, Reader>> = {
  '.json': readTfjsModel,
  '.keras': readKerasArchive,
  '.h5': async (path, name, said) => readKerasHdf5(await readBytes(path, name), name, said),
  '.hdf5': async (path, name, said) => readKerasHdf5(await readBytes(path, name), name, said),
  '.onnx': readOnnxModel,
};

const readHdf5 = readers['.h5'] as Reader;

/** How files of some formats begin, whatever they are called. */
const marks: readonly (readonly [mark: Buffer, reader: Reader])[] = [
  [Buffer.from('PK\u0003\u0004', 'latin1'), readKerasArchive],
  [Buffer.from('\u0089HDF', 'latin1'), readHdf5],
];

/** The reader of a file that says by its first bytes what it is: one that was renamed is read all the same. */
async function byMark(path: string): Promise<Reader | undefined> {
  // A pipe would be waited for.
  const about = await stat(path).catch(() => undefined);
  const file = about?.isFile() === true ? await open(path).catch(() => undefined) : undefined;
  if (file === undefined) return undefined;
  try {
    const head = Buffer.alloc(4);
    await readFully(file, head, 0);
    return marks.find(([mark]) => mark.equals(head))?.[1];
  } finally {
    await file.close();
  }
}

/** What files of models end in. */
export const modelEndings: readonly string[] = Object.keys(readers);

/** Of files in one folder, the whole model comes before its parts. */
const wholes = ['model', 'autoencoder'];

/**
 * Reads the model among the given files and folders; nothing in it is executed.
 * @param said the shape of its images, for a file that leaves their size open
 * @throws StudioError `not-found` where there is no model's file, `bad-file` naming what was expected and what was found
 */
export async function readModel(paths: readonly string[], said?: LayerShape): Promise<ReadModel> {
  const path = await modelFile(paths);
  const own = basename(path);
  const read = (await byMark(path)) ?? (readers[extname(path).toLowerCase()] as Reader);
  // A LayersModel's file is always called the same: its folder tells models apart.
  const name = own === MODEL_JSON ? basename(dirname(path)) : own.slice(0, -extname(own).length);
  return { name, chain: await read(path, own, said) };
}

/** What a person can do with files of other programs, by their endings. */
const remedies: readonly (readonly [endings: readonly string[], remedy: string])[] = [
  [['.pt', '.pth', '.ckpt', '.bin'], 'export a PyTorch model by torch.onnx.export(model.eval(), images, "model.onnx")'],
  [['.pkl', '.joblib', '.pickle'], 'convert a scikit-learn model to ONNX by skl2onnx'],
  [['.pb', '.tflite'], 'save the Keras model by model.save("model.keras"), or convert it to ONNX by tf2onnx'],
  [['.safetensors', '.npz', '.npy'], 'weights alone are no model: export it as ONNX or .keras'],
];

/** The one file to begin with: a model.json among its weights, else a file that holds a whole model. */
async function modelFile(paths: readonly string[]): Promise<string> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  const models = files.filter((file) => Object.hasOwn(readers, extname(file).toLowerCase()));
  const jsons = models.filter((file) => basename(file) === MODEL_JSON);
  const others = models.filter((file) => extname(file).toLowerCase() !== '.json');
  const named = wholes.flatMap((whole) => others.filter((file) => basename(file, extname(file)) === whole));
  const only = models.length === 1 ? models : [];
  const [first] = [...jsons, ...named, ...(others.length === 1 ? others : only)];
  if (first !== undefined) return first;
  const where = paths.map((path) => basename(path)).join(', ');
  if (others.length > 1)
    throw bad(
      where,
      'one model',
      `${others.length}: ${others.map((file) => basename(file)).join(', ')}: choose one of them`,
    );
  const foreign = files.map((file) => extname(file).toLowerCase());
  const remedy = remedies.find(([endings]) => foreign.some((ending) => endings.includes(ending)))?.[1];
  const known = `a model (${MODEL_JSON}, ${modelEndings.slice(1).join(', ')})`;
  throw new StudioError(
    'not-found',
    `${where}: expected ${known}, found none${remedy === undefined ? '' : `: ${remedy}`}.`,
  );
}

async function filesAt(path: string): Promise<readonly string[]> {
  const about = await stat(path).catch((cause: unknown) => {
    throw new StudioError('not-found', `${path}: expected a file or folder, found none.`, { cause });
  });
  if (!about.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(path, entry.name));
}
