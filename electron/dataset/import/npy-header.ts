import { StudioError } from '../../domain/errors.ts';

/** The NumPy format (numpy.lib.format, versions 1 to 3): magic, version, header length, a Python dictionary. */
export const NPY_MAGIC = Buffer.from('\x93NUMPY', 'latin1');

/** Longer headers describe records, not images. */
const MOST_HEADER_BYTES = 65_535;
/** Bytes that hold any header that is read here. */
export const MOST_HEAD_BYTES = 12 + MOST_HEADER_BYTES;

export interface NpyHeader {
  /** u: unsigned, i: signed, f: float, b: boolean. */
  readonly kind: 'u' | 'i' | 'f' | 'b';
  /** Bytes an element: 1, 2, 4 or 8. */
  readonly size: number;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Elements. */
  readonly count: number;
  /** Where the elements begin in the file. */
  readonly start: number;
}

/** The header of an array of texts: U UTF-32, S bytes, O pickled Python objects, whose bytes are not known beforehand. */
export type NpyTextHeader = Omit<NpyHeader, 'kind'> & { readonly kind: 'U' | 'S' | 'O' };

/**
 * Reads the header of an array of numbers from a file's first bytes and checks it against the file's size.
 * @param head the first `MOST_HEAD_BYTES` bytes, or all there are.
 * @throws StudioError `bad-file` naming the file, what was expected and what was found.
 */
export function readNpyHeader(head: Buffer, fileBytes: number, name: string): NpyHeader {
  const header = readAnyHeader(head, fileBytes, name);
  if (isNumbers(header)) return header;
  const found = header.kind === 'O' ? 'Python objects (dtype object)' : `texts (dtype ${header.kind})`;
  throw new StudioError(
    'bad-file',
    `${name}: expected an array of numbers (bool, int, uint or float), found ${found}.`,
  );
}

export function isNumbers(header: NpyHeader | NpyTextHeader): header is NpyHeader {
  return 'uifb'.includes(header.kind);
}

/** The same for arrays of texts too, as labels may be. Throws as `readNpyHeader`. */
export function readAnyHeader(head: Buffer, fileBytes: number, name: string): NpyHeader | NpyTextHeader {
  const bad = (expected: string, found: string): StudioError =>
    new StudioError('bad-file', `${name}: expected ${expected}, found ${found}.`);
  if (head.length < 12 || !head.subarray(0, 6).equals(NPY_MAGIC)) throw bad('a NumPy array (.npy)', 'something else');
  const version = head[6]!;
  if (version < 1 || version > 3) throw bad('a .npy file of version 1, 2 or 3', `version ${version}`);
  const [length, textStart] = version === 1 ? [head.readUInt16LE(8), 10] : [head.readUInt32LE(8), 12];
  if (length > MOST_HEADER_BYTES) throw bad(`a header of at most ${MOST_HEADER_BYTES} bytes`, `${length}`);
  const start = textStart + length;
  if (head.length < start) throw bad(`a header of ${length} bytes`, `${head.length - textStart}`);
  const text = head.toString('latin1', textStart, start);
  const descr = /'descr':\s*('[^']*'|\[)/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || sizes === undefined) {
    throw bad("a header with 'descr', 'fortran_order' and 'shape'", `"${text.slice(0, 80).trim()}"`);
  }
  const shape = sizes
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const type = elementType(descr, bad);
  const count = shape.reduce((product, size) => product * size, 1);
  const bytes = count * type.size;
  if (!Number.isSafeInteger(bytes) || (type.kind !== 'O' && start + bytes !== fileBytes)) {
    throw bad(`${bytes} bytes of elements (${shape.join(' × ') || 'one'})`, `${Math.max(0, fileBytes - start)}`);
  }
  return { ...type, fortranOrder: order === 'True', shape, count, start } as NpyHeader | NpyTextHeader;
}

type Bad = (expected: string, found: string) => StudioError;

const MOST_TEXT = 4_096;

function elementType(descr: string, bad: Bad): Pick<NpyHeader | NpyTextHeader, 'kind' | 'size' | 'bigEndian'> {
  const [, order = '', kind = '', digits = ''] = /^'([<>|=])([a-zA-Z])(\d*)'$/.exec(descr) ?? [];
  const size = Number(digits);
  const bigEndian = order === '>';
  if (kind === 'O') return { kind, size: 0, bigEndian };
  if ((kind === 'U' || kind === 'S') && size <= MOST_TEXT)
    return { kind, size: kind === 'U' ? 4 * size : size, bigEndian };
  const sizes: Readonly<Record<string, readonly number[]>> = { b: [1], f: [2, 4, 8], u: [1, 2, 4, 8], i: [1, 2, 4, 8] };
  if (sizes[kind]?.includes(size) !== true) {
    throw bad('an array of numbers (bool, int, uint or float)', `dtype ${descr === '[' ? 'of records' : descr}`);
  }
  return { kind: kind as NpyHeader['kind'], size, bigEndian };
}

/** "[6, 8, 8]". */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
