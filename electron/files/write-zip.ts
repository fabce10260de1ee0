import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { StudioError } from '../domain/errors.ts';
import { writeFully, writeWholeBy } from './atomic.ts';

/** Headers are a few bytes each: they are written together. */
const PART_BYTES = 2 ** 18;

/**
 * Writes a zip file, of the 64-bit form where it needs that, whole or not at all.
 * @param fill adds its files
 * @throws StudioError `disk-full`; `not-found` where a file goes away meanwhile
 */
export async function writeZip(path: string, fill: (zip: ZipFile) => Promise<void> | void): Promise<void> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  // It may fail before anybody reads it; whoever then does is told.
  output.on('error', () => undefined);
  zip.on('error', (cause: Error) => {
    output.destroy(new StudioError('not-found', `${path}: a file of it cannot be read (${cause.message}).`, { cause }));
  });
  await fill(zip);
  zip.end();
  await writeWholeBy(path, async (file) => {
    let [waiting, bytes]: [Uint8Array[], number] = [[], 0];
    const write = async (): Promise<void> => {
      await writeFully(file, Buffer.concat(waiting));
      [waiting, bytes] = [[], 0];
    };
    for await (const chunk of output as AsyncIterable<Uint8Array>) {
      waiting.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= PART_BYTES) await write();
    }
    await write();
  });
}
