import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** An IDX file's bytes: the magic number, the sizes, the body as it is given, whether they fit or not. */
export function idxBytes(magic: number, sizes: readonly number[], body: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.writeUInt32BE(magic, 0);
  sizes.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index));
  return Buffer.concat([header, body]);
}

/** `count` images whose pixels count up from 0. */
export function imageBytes(count: number, height = 2, width = 3): Buffer {
  const body = Uint8Array.from({ length: count * height * width }, (_, index) => index % 256);
  return idxBytes(0x803, [count, height, width], body);
}

export function labelBytes(...labels: number[]): Buffer {
  return idxBytes(0x801, [labels.length], Uint8Array.from(labels));
}

/** A folder that is gone after the test. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'studio-'));

  write(name: string, bytes: Uint8Array | string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
