import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';

const NEW_LINE = 0x0a;
const PART_BYTES = 2 ** 20;

/** What the images of a set were called, read from its file where and when it is asked: only the places of the lines are kept. */
export class ImageNames {
  private readonly path: string;
  /** Where each line begins, and where the last one ends. */
  private readonly starts: Float64Array;

  private constructor(path: string, starts: Float64Array) {
    this.path = path;
    this.starts = starts;
  }

  /** @returns nothing when the file is not there or does not hold `count` lines. */
  static async open(path: string, count: number): Promise<ImageNames | undefined> {
    const file = await open(path).catch(() => undefined);
    if (file === undefined) return undefined;
    try {
      const starts = new Float64Array(count + 1);
      const part = Buffer.allocUnsafe(PART_BYTES);
      let lines = 0;
      for (let at = 0; ;) {
        const { bytesRead } = await file.read(part, 0, part.length, at);
        if (bytesRead === 0) return lines === count ? new ImageNames(path, starts) : undefined;
        const bytes = part.subarray(0, bytesRead);
        for (let end = bytes.indexOf(NEW_LINE); end >= 0; end = bytes.indexOf(NEW_LINE, end + 1)) {
          lines += 1;
          if (lines > count) return undefined;
          starts[lines] = at + end + 1;
        }
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
  }

  /** The names at these places; nothing for a line that holds none. @throws the system's error when the file is gone. */
  at(places: readonly number[]): (string | undefined)[] {
    const file = openSync(this.path, 'r');
    try {
      return places.map((place) => {
        const from = this.starts[place]!;
        const line = Buffer.allocUnsafe(this.starts[place + 1]! - from);
        return nameIn(line.toString('utf8', 0, readSync(file, line, 0, line.length, from)));
      });
    } finally {
      closeSync(file);
    }
  }
}

function nameIn(line: string): string | undefined {
  try {
    const name: unknown = JSON.parse(line);
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}
