/** What a file is by its first bytes, whatever its name says. */
export type FileKind =
  | 'png'
  | 'jpeg'
  | 'gif'
  | 'webp'
  | 'tiff'
  | 'avif'
  | 'bmp'
  | 'netpbm'
  | 'heic'
  | 'raw'
  | 'layers'
  | 'medical'
  | 'video'
  | 'svg'
  | 'pdf'
  | 'zip'
  | 'packed'
  | 'hdf5'
  | 'matlab'
  | 'pickle'
  | 'columns'
  | 'gzip'
  | 'npy'
  | 'idx'
  | 'html'
  | 'text'
  | 'empty'
  | 'unknown';

/** The kinds that a picture can be decoded from. */
export const pictureKinds: ReadonlySet<FileKind> = new Set([
  'png',
  'jpeg',
  'gif',
  'webp',
  'tiff',
  'avif',
  'bmp',
  'netpbm',
]);

/** How a kind is called in a message. */
export const kindNames: Readonly<Record<FileKind, string>> = {
  png: 'a PNG image',
  jpeg: 'a JPEG image',
  gif: 'a GIF image',
  webp: 'a WebP image',
  tiff: 'a TIFF image',
  avif: 'an AVIF image',
  bmp: 'a BMP image',
  netpbm: 'a Netpbm image',
  heic: 'a HEIC image, which cannot be decoded here (save it as JPEG or PNG)',
  raw: 'a camera’s raw file, which cannot be developed here (save it as JPEG or TIFF)',
  layers: 'an image of a kind that cannot be decoded here (save it as PNG, TIFF or JPEG)',
  medical: 'a DICOM image, which cannot be decoded here (save it as PNG or TIFF)',
  video: 'a film, of which no pictures are taken here (save some as JPEG or PNG)',
  svg: 'an SVG drawing, which has no pixels (save it as PNG)',
  pdf: 'a PDF document',
  zip: 'a zip archive',
  packed: 'an archive that cannot be opened here (unpack it, or pack it as zip or tar.gz)',
  hdf5: 'an HDF5 file, which is not read here (save its images as .npz)',
  matlab: 'a MATLAB file, which is not read here (save its images as .npz)',
  pickle: 'a Python pickle, which may run anything and is never opened (save its images as .npz)',
  columns: 'a Parquet or Arrow file, which is not read here (save its images as files or .npz)',
  gzip: 'a gzip file',
  npy: 'a NumPy array',
  idx: 'an IDX file',
  html: 'a web page',
  text: 'text',
  empty: 'an empty file',
  unknown: 'data of an unknown kind',
};

/** Bytes that suffice to tell. */
export const SNIFF_BYTES = 512;

const signatures: readonly (readonly [FileKind, string])[] = [
  ['png', '\x89PNG\r\n\x1a\n'],
  ['jpeg', '\xff\xd8\xff'],
  ['gif', 'GIF87a'],
  ['gif', 'GIF89a'],
  ['tiff', 'II*\0'],
  ['tiff', 'MM\0*'],
  ['tiff', 'II+\0'],
  ['tiff', 'MM\0+'],
  ['bmp', 'BM'],
  ['pdf', '%PDF'],
  ['zip', 'PK\x03\x04'],
  ['zip', 'PK\x05\x06'],
  ['gzip', '\x1f\x8b'],
  ['npy', '\x93NUMPY'],
  ['packed', 'Rar!\x1a\x07'],
  ['packed', '7z\xbc\xaf\x27\x1c'],
  ['packed', 'BZh'],
  ['packed', '\xfd7zXZ\0'],
  ['packed', '\x28\xb5\x2f\xfd'],
  ['hdf5', '\x89HDF\r\n\x1a\n'],
  ['matlab', 'MATLAB '],
  ['columns', 'PAR1'],
  ['columns', 'ARROW1'],
  ['layers', '8BPS'],
  ['layers', '\xff\x0a'],
  ['layers', '\0\0\0\x0cJXL '],
  ['layers', '\0\0\0\x0cjP  '],
  ['layers', '\x76\x2f\x31\x01'],
  ['layers', 'gimp xcf '],
  ['raw', 'FUJIFILMCCD-RAW'],
  ['raw', 'IIRO'],
  ['raw', 'IIU\0'],
  ['video', '\x1aE\xdf\xa3'],
  ['video', '\0\0\x01\xba'],
  ['idx', '\0\0\x08'],
];

/** Brands of the ISO base media format (ISO/IEC 14496-12) that are HEIF images; all others but AVIF are films. */
const HEIF = /^(?:hei[cxmsv]|hev[cmx]|mif1|msf1)/;
/** A camera's raw file begins as a TIFF image, with a preview of a few pixels: only its name tells. */
const RAW_NAME = /\.(?:nef|nrw|cr2|arw|sr2|srf|dng|pef|orf|rw2|raf|3fr|iiq|erf|mef|mos|kdc|dcr)$/i;

/** Tells a file's kind from its beginning, and a camera's raw file from its name too. */
export function kindOfFile(bytes: Uint8Array, name: string): FileKind {
  const kind = sniff(bytes);
  return kind === 'tiff' && RAW_NAME.test(name) ? 'raw' : kind;
}

/** Tells a file's kind from its beginning. */
export function sniff(bytes: Uint8Array): FileKind {
  if (bytes.length === 0) return 'empty';
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SNIFF_BYTES)).toString('latin1');
  for (const [kind, signature] of signatures) if (head.startsWith(signature)) return kind;
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'webp';
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'AVI ') return 'video';
  if (head.slice(4, 8) === 'ftyp') return mediaKind(head.slice(8, 40));
  if (head.slice(128, 132) === 'DICM') return 'medical';
  // Its second byte is its version.
  if (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5) return 'pickle';
  if (/^P[1-6][\s#]/.test(head)) return 'netpbm';
  return textKind(head);
}

function mediaKind(brands: string): FileKind {
  if (/avi[fs]/.test(brands)) return 'avif';
  if (HEIF.test(brands)) return 'heic';
  return brands.startsWith('crx') ? 'raw' : 'video';
}

function textKind(head: string): FileKind {
  // eslint-disable-next-line no-control-regex -- control characters are what tells text from other data
  if (/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(head)) return 'unknown';
  if (/<svg[\s>]/i.test(head)) return 'svg';
  return /<(?:!doctype html|html)/i.test(head) ? 'html' : 'text';
}
