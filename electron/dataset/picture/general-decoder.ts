import type { Sharp } from 'sharp';
import { loadSharp } from './load-sharp.ts';

/** Opens a picture, or one page of it, in the decoder that knows most formats. */
export type OpenPicture = (bytes: Uint8Array, page?: number) => Sharp;

/** Loaded when the first picture is decoded: most commands never need it. */
let loading: Promise<OpenPicture> | undefined;

export function generalDecoder(): Promise<OpenPicture> {
  loading ??= loadSharp().then((sharp) => {
    // One thread a picture: many pictures are decoded beside each other.
    sharp.concurrency(1);
    // Every picture is seen once.
    sharp.cache(false);
    // The size is checked by the caller, with a message of its own, before anything is decoded.
    const checked = { limitInputPixels: false, failOn: 'error', sequentialRead: true } as const;
    return (bytes, page = 0) => sharp(bytes, page === 0 ? checked : { ...checked, page });
  });
  return loading;
}
