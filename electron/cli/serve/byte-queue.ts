import { StudioError } from '../../domain/errors.ts';

/** Reads a stream of bytes by counts. */
export class ByteQueue {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #waiting: Uint8Array = new Uint8Array(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** Whether nothing is left. */
  async isOver(): Promise<boolean> {
    return this.#waiting.length === 0 && !(await this.#fill());
  }

  /** The next bytes, in pieces as they come. @throws StudioError `bad-request` when the stream ends before. */
  async *pieces(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      if (await this.isOver()) {
        throw new StudioError('bad-request', `Upload: expected ${left} bytes more, found its end.`);
      }
      const piece = this.#waiting.subarray(0, left);
      this.#waiting = this.#waiting.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** The next bytes as one. @throws StudioError as `pieces`. */
  async take(count: number): Promise<Uint8Array> {
    if (this.#waiting.length >= count) {
      const piece = this.#waiting.subarray(0, count);
      this.#waiting = this.#waiting.subarray(count);
      return piece;
    }
    const whole = new Uint8Array(count);
    let filled = 0;
    for await (const piece of this.pieces(count)) {
      whole.set(piece, filled);
      filled += piece.length;
    }
    return whole;
  }

  /** Passes over what is still to come, up to a measure. */
  async drain(most: number): Promise<void> {
    for (let passed = 0; passed < most && !(await this.isOver());) {
      passed += this.#waiting.length;
      this.#waiting = new Uint8Array(0);
    }
  }

  async #fill(): Promise<boolean> {
    while (this.#waiting.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done === true) return false;
      this.#waiting = value;
    }
    return true;
  }
}
