import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { StudioError } from '../../electron/domain/errors.ts';

/** What the plain form of zip can say, beyond which the library would write wrong numbers: the largest ones stand for "see elsewhere". */
const MOST_FILES = 0xfffe;
const MOST_BYTES = 0xfffffffe;

/** A zip file that is made in the window, file by file. */
export class GrowingZip {
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  readonly #name: string;
  readonly #mostBytes: number;
  readonly #zip: Zip;
  #bytes = 0;

  /**
   * @param files how many it will hold
   * @param mostBytes of the whole file; fewer for tests
   * @throws StudioError `refused` beyond 65,534 files
   */
  constructor(name: string, files: number, mostBytes = MOST_BYTES) {
    if (files > MOST_FILES) throw tooLarge(name, MOST_FILES, 'files', files);
    this.#name = name;
    this.#mostBytes = mostBytes;
    this.#zip = new Zip((error, part) => {
      if (error) throw error;
      this.#take(part);
    });
  }

  /** Adds a file that is packed in itself, such as a PNG. @throws StudioError `refused` beyond 4 GiB */
  store(path: string, bytes: Uint8Array): void {
    const file = new ZipPassThrough(path);
    this.#zip.add(file);
    file.push(bytes, true);
  }

  /** Adds a file that shrinks, such as a table. @throws StudioError `refused` beyond 4 GiB */
  deflate(path: string, bytes: Uint8Array): void {
    const file = new ZipDeflate(path);
    this.#zip.add(file);
    file.push(bytes, true);
  }

  /** @returns the whole file in parts. @throws StudioError `refused` beyond 4 GiB */
  end(): readonly Uint8Array<ArrayBuffer>[] {
    this.#zip.end();
    return this.#parts;
  }

  #take(part: Uint8Array): void {
    this.#bytes += part.byteLength;
    if (this.#bytes > this.#mostBytes) throw tooLarge(this.#name, this.#mostBytes, 'bytes', this.#bytes);
    this.#parts.push(part.slice());
  }
}

function tooLarge(name: string, most: number, what: string, found: number): StudioError {
  const numbers = `expected at most ${most.toLocaleString('en')} ${what} in one zip file, found ${found.toLocaleString('en')}`;
  return new StudioError('refused', `${name}: ${numbers}. Save fewer images at a time.`);
}
