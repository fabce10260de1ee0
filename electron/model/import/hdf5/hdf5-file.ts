import type * as H5wasm from 'h5wasm';
import type { LayerShape } from '../../../domain/layer-settings.ts';
import { brainFloats, halves } from '../halves.ts';
import { bad, COPY_AGAIN, sizeOf } from '../read-chain.ts';

/** Of one attribute: a model's description is one. */
const MOST_TEXT_BYTES = 64 * 2 ** 20;
/** Of names in one list. */
const MOST_NAMES = 10_000;

const h5wasm = await ready();
const PATH = '/model.h5';
/** The library's own file system takes the bytes as they are. */
const uncopied: { readonly canOwn: true; flags?: string } = { canOwn: true };

/**
 * The HDF5 file of a thread, read by the HDF Group's own library as WebAssembly: it sees this file alone and nothing of the disk,
 * so that links to other files lead nowhere.
 */
export class Hdf5File {
  private readonly name: string;
  private readonly file: H5wasm.File;

  /**
   * @param bytes are the library's afterwards
   * @param name what messages call it
   * @throws StudioError `bad-file` where the bytes are no HDF5 file
   */
  constructor(bytes: Uint8Array, name: string) {
    this.name = name;
    try {
      h5wasm.FS.writeFile(PATH, bytes, uncopied);
      this.file = new h5wasm.File(PATH, 'r');
    } catch (cause) {
      throw bad(name, 'a whole HDF5 file', `${reasonOf(cause)}: ${COPY_AGAIN}`, cause);
    }
  }

  /** A text; undefined where there is no such attribute. @throws StudioError `bad-file` where it is no text, or damaged */
  text(group: string, attribute: string): string | undefined {
    return this.reading(`${group} ${attribute}`, () => {
      const found = this.group(group)?.attrs[attribute];
      if (found === undefined) return undefined;
      const size = found.metadata.vlen ? 0 : found.metadata.size;
      if (size > MOST_TEXT_BYTES) throw bad(this.name, `an attribute of at most ${MOST_TEXT_BYTES} bytes`, `${size}`);
      const { value } = found;
      if (typeof value === 'string') return value;
      throw bad(this.name, `a text as "${attribute}"`, 'something else');
    });
  }

  /** A list of texts, none where there is no such attribute. Throws as `text`. */
  texts(group: string, attribute: string): readonly string[] {
    return this.reading(`${group} ${attribute}`, () => {
      const found = this.group(group)?.attrs[attribute];
      const count = sizeOf(found?.shape ?? []);
      if (found === undefined || count === 0) return [];
      if (count > MOST_NAMES) throw bad(this.name, `at most ${MOST_NAMES} names`, `${count}`);
      if (count * found.metadata.size > MOST_TEXT_BYTES) {
        throw bad(this.name, `names of at most ${MOST_TEXT_BYTES} bytes`, `${count * found.metadata.size}`);
      }
      const { value } = found;
      const list: readonly unknown[] = Array.isArray(value) ? value : [];
      if (list.every((each) => typeof each === 'string')) return list;
      throw bad(this.name, `texts as "${attribute}"`, 'something else');
    });
  }

  /** What lies directly in a group; undefined where there is no such group. */
  keys(group: string): readonly string[] | undefined {
    return this.reading(group, () => this.group(group)?.keys());
  }

  /**
   * Numbers of a shape that is known beforehand: nothing is taken for what the file only claims.
   * @throws StudioError `bad-file` where there is none, of another shape, or not float32
   */
  floats(path: string, shape: LayerShape): Float32Array<ArrayBuffer> {
    return this.reading(path, () => {
      const where = `${this.name}: ${path}`;
      const expected = `weights of shape ${shape.join(' × ')}`;
      const found = this.entity(path);
      if (!isDataset(found)) throw bad(where, expected, `none: ${COPY_AGAIN}`);
      const own = found.shape ?? [];
      if (own.join() !== shape.join())
        throw bad(where, expected, `${own.length === 0 ? 'one number' : own.join(' × ')}: ${COPY_AGAIN}`);
      const { metadata } = found;
      // HDF5 has no bfloat16: Keras keeps its bits, and says so.
      const isBrain = metadata.type === OPAQUE_CLASS && found.attrs['dtype']?.value === 'bfloat16';
      if (!isBrain && (metadata.type !== FLOAT_CLASS || ![2, 4, 8].includes(metadata.size))) {
        const remedy =
          metadata.type === WHOLE_CLASS
            ? 'whole numbers, as quantised models have them: save it before it is quantised'
            : `a type that it does not say: save it with one of these, as .keras`;
        throw bad(where, 'weights of float16, bfloat16, float32 or float64', remedy);
      }
      // The library has no numbers of half precision: their bits it gives as whole ones.
      if (metadata.size === 2 && !isBrain) metadata.type = WHOLE_CLASS;
      const { value } = found;
      // What has no axes is given as one number.
      if (typeof value === 'number' && own.length === 0) return Float32Array.of(value);
      if (value instanceof Float64Array && value.length === sizeOf(shape)) return Float32Array.from(value);
      if (metadata.size === 2 && ArrayBuffer.isView(value) && value.byteLength === 2 * sizeOf(shape)) {
        const bits = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        return isBrain ? brainFloats(bits) : halves(bits);
      }
      // A copy: what the library hands out may be a view of its own memory.
      if (value instanceof Float32Array && value.length === sizeOf(shape)) return value.slice();
      throw bad(where, expected, 'something else');
    });
  }

  private group(path: string): H5wasm.Group | undefined {
    if (path === '') return this.file;
    const found = this.entity(path);
    return found !== null && typeof found === 'object' && 'keys' in found ? found : undefined;
  }

  /** The library answers null for what is not there, or throws. */
  private entity(path: string): ReturnType<H5wasm.Group['get']> {
    try {
      return this.file.get(path);
    } catch {
      return null;
    }
  }

  /** What the library throws comes out as the file's fault. */
  private reading<T>(what: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof Error && error.name === 'StudioError') throw error;
      throw bad(`${this.name}: ${what}`, 'a whole HDF5 file', `${reasonOf(error)}: ${COPY_AGAIN}`, error);
    }
  }
}

/** The library, which throws what goes wrong and writes nothing of it to the terminal. */
async function ready() {
  const library = await import('h5wasm');
  const own = await library.ready;
  own.activate_throwing_error_handler();
  // Keras writes names as UTF-8 and calls them ASCII, which is a part of it.
  const metadataOf = own.get_attribute_metadata;
  own.get_attribute_metadata = (...of) => ({ ...metadataOf(...of), cset: UTF_8 });
  return { File: library.File, FS: own.FS };
}

/** H5T_INTEGER, H5T_FLOAT and H5T_OPAQUE; H5T_CSET_UTF8. */
const [WHOLE_CLASS, FLOAT_CLASS, OPAQUE_CLASS, UTF_8] = [0, 1, 5, 1];

const isDataset = (entity: unknown): entity is H5wasm.Dataset =>
  typeof entity === 'object' && entity !== null && 'metadata' in entity && 'filters' in entity;

/** The library's first line, without its paths. */
function reasonOf(error: unknown): string {
  const line = String((error as Error | undefined)?.message ?? error).split('\n')[0] ?? '';
  return `a damaged one (${line.slice(0, 100).trim() || 'the library gave up'})`;
}
