import { deflateSync } from 'node:zlib';
import { encodePng } from '../../domain/png.ts';
import type { ImageColumns } from '../../domain/words.ts';

/** One of the images as a PNG file. */
export const pngOf = (images: ImageColumns, index: number): Uint8Array => encodePng(images, index, deflateSync);
