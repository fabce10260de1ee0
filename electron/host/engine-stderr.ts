import { finished } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';

/** What TensorFlow says at every start, whatever its log level is set to. */
const banners = [
  /oneDNN custom operations are on/,
  /This TensorFlow binary is optimized/,
  /To enable the following instructions/,
  /To enable them in other operations/,
  /All log messages before absl::InitializeLog/,
];

const KEPT_LINES = 8;
/** How long the end of a pipe is waited for: a child of the engine's may hold it open. */
const PATIENCE_MS = 1_000;

/**
 * Reads the engine's stderr line by line: passes all but TensorFlow's banner on, and keeps the last lines, which are
 * all there is to read after a native crash.
 */
export class EngineStderr {
  readonly #stream: NodeJS.ReadableStream;
  readonly #pass: (line: string) => void;
  readonly #decoder = new StringDecoder();
  readonly #kept: string[] = [];
  #begun = '';

  constructor(stream: NodeJS.ReadableStream, pass: (line: string) => void) {
    this.#stream = stream;
    this.#pass = pass;
    stream.on('data', this.#take);
  }

  /**
   * The last lines, once all has been read that the process wrote before its end. Electron tells of the end first, and then
   * takes every listener off the stream: this reads on, called when that is done.
   */
  async lastWords(): Promise<string> {
    this.#stream.off('data', this.#take).on('data', this.#take);
    await finished(this.#stream, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => undefined);
    this.#hear(this.#begun + this.#decoder.end());
    this.#begun = '';
    return this.#kept.join('\n');
  }

  readonly #take = (bytes: Buffer): void => {
    const lines = (this.#begun + this.#decoder.write(bytes)).split('\n');
    this.#begun = lines.pop()!;
    for (const line of lines) this.#hear(line);
  };

  #hear(text: string): void {
    const line = text.replace(/\r$/, '');
    if (line.trim() === '' || banners.some((banner) => banner.test(line))) return;
    this.#kept.push(line);
    if (this.#kept.length > KEPT_LINES) this.#kept.shift();
    this.#pass(line);
  }
}
