import type { Sharp } from 'sharp';
import { generalDecoder } from './general-decoder.ts';
import type { NumberPicture } from './number-picture.ts';

/** What the general decoder calls pictures of 16 bits a channel. */
export type DeepSpace = 'grey16' | 'rgb16';

export const isDeep = (space: string | undefined): space is DeepSpace => space === 'grey16' || space === 'rgb16';

/** Bytes that hold a PNG's signature and header. */
export const PNG_HEAD_BYTES = 26;
const DEPTH_AT = 24;

/** Whether a file that begins like this is a PNG of 16 bits a channel. */
export function isDeepPng(head: Uint8Array): boolean {
  return head.length >= PNG_HEAD_BYTES && Buffer.from(head).toString('latin1', 1, 4) === 'PNG' && head[DEPTH_AT] === 16;
}

/** The numbers of a PNG of 16 bits a channel. @throws the decoder's error where it is damaged */
export async function deepPngNumbers(bytes: Uint8Array): Promise<NumberPicture | undefined> {
  const source = (await generalDecoder())(bytes);
  const { space } = await source.metadata();
  return isDeep(space) ? deepNumbers(source, space) : undefined;
}

export async function deepNumbers(source: Sharp, space: DeepSpace): Promise<NumberPicture> {
  const { data, info } = await source
    .autoOrient()
    .toColourspace(space)
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels: bands } = info;
  const values = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  return { width, height, bands, alpha: bands === 2 || bands === 4, values };
}
