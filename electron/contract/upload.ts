import { StudioError } from '../domain/errors.ts';

/**
 * Uploads to the browser host: POST /upload/<staged>, the body one file after the other, each as
 * uint32 bytes of the path, float64 bytes of the file (both little-endian), the path as UTF-8, the file.
 * Small files share a request: one for each would take minutes for ten thousand.
 */
export const UPLOAD_PREFIX = '/upload/';
export const UPLOAD_HEAD_BYTES = 12;
const MOST_PATH_BYTES = 16_384;

export interface UploadHead {
  readonly pathBytes: number;
  readonly fileBytes: number;
}

/** What stands before a file's bytes. @param path in UTF-8. */
export function uploadHead(path: Uint8Array, fileBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(UPLOAD_HEAD_BYTES + path.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, path.length, true);
  view.setFloat64(4, fileBytes, true);
  bytes.set(path, UPLOAD_HEAD_BYTES);
  return bytes;
}

/** @throws StudioError `bad-request` */
export function readUploadHead(bytes: Uint8Array): UploadHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, UPLOAD_HEAD_BYTES);
  const pathBytes = view.getUint32(0, true);
  const fileBytes = view.getFloat64(4, true);
  if (pathBytes > MOST_PATH_BYTES) {
    throw new StudioError(
      'bad-request',
      `Upload: expected a path of at most ${MOST_PATH_BYTES} bytes, found ${pathBytes}.`,
    );
  }
  if (!Number.isSafeInteger(fileBytes) || fileBytes < 0) {
    throw new StudioError('bad-request', `Upload: expected a number of bytes for a file, found ${fileBytes}.`);
  }
  return { pathBytes, fileBytes };
}
