import { deflateSync } from 'node:zlib';
import { encodePng } from '../../domain/png.ts';
import type { ImageColumns } from '../../domain/words.ts';

/** One image as a PNG file in a data address. */
export const pngAddress = (images: ImageColumns, index: number): string =>
  `data:image/png;base64,${Buffer.from(encodePng(images, index, deflateSync)).toString('base64')}`;
