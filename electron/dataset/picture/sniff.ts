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
  | 'svg'
  | 'pdf'
  | 'zip'
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
  svg: 'an SVG drawing, which has no pixels (save it as PNG)',
  pdf: 'a PDF document',
  zip: 'a zip archive',
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
  ['idx', '\0\0\x08'],
];

/** Tells a file's kind from its beginning. */
export function sniff(bytes: Uint8Array): FileKind {
  if (bytes.length === 0) return 'empty';
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SNIFF_BYTES)).toString('latin1');
  for (const [kind, signature] of signatures) if (head.startsWith(signature)) return kind;
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'webp';
  if (head.slice(4, 8) === 'ftyp') return /avi[fs]/.test(head.slice(8, 40)) ? 'avif' : 'heic';
  if (/^P[1-6][\s#]/.test(head)) return 'netpbm';
  return textKind(head);
}

function textKind(head: string): FileKind {
  // eslint-disable-next-line no-control-regex -- control characters are what tells text from other data
  if (/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(head)) return 'unknown';
  if (/<svg[\s>]/i.test(head)) return 'svg';
  return /<(?:!doctype html|html)/i.test(head) ? 'html' : 'text';
}
