import { randomUUID } from 'node:crypto';
import type { Group } from 'h5wasm';
import { StudioError } from '../../../domain/errors.ts';
import type { PlainWeight } from '../plain-model.ts';

/** A group of an HDF5 file. */
export interface Hdf5Group {
  /** A list of texts becomes an array of texts of one length, as h5py writes it. */
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>;
  readonly groups?: Readonly<Record<string, Hdf5Group>>;
  /** By name: float32, in one piece. */
  readonly datasets?: Readonly<Record<string, PlainWeight>>;
}

/**
 * The bytes of an HDF5 file. The library is loaded by the first that needs it: it is 4 MB of WebAssembly. It writes into its own
 * memory, so that the disk's errors come from our own writers, by name.
 * @throws StudioError `internal` where the library refuses
 */
export async function encodeHdf5(root: Hdf5Group): Promise<Uint8Array> {
  const hdf5 = await import('h5wasm');
  const { FS } = await hdf5.ready;
  const name = `/${randomUUID()}.h5`;
  const file = new hdf5.File(name, 'w');
  try {
    writeGroup(file, root);
  } catch (cause) {
    throw new StudioError('internal', 'HDF5: the weights could not be written.', { cause });
  } finally {
    file.close();
  }
  const bytes = FS.readFile(name);
  FS.unlink(name);
  return bytes;
}

function writeGroup(open: Group, { attributes = {}, groups = {}, datasets = {} }: Hdf5Group): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'string') open.create_attribute(name, value);
    else if (value.length > 0) open.create_attribute(name, [...value], [value.length], `S${longest(value)}`);
    // HDF5 has no array of no texts; h5py then writes one of no numbers.
    else open.create_attribute(name, new Float64Array(), [0]);
  }
  for (const [name, { shape, data }] of Object.entries(datasets)) {
    open.create_dataset({ name, data, shape: [...shape] });
  }
  for (const [name, inner] of Object.entries(groups)) writeGroup(open.create_group(name), inner);
}

const longest = (texts: readonly string[]): number => Math.max(...texts.map((text) => Buffer.byteLength(text)));
