import type { ErrorData, Result } from '../../../../electron/domain/errors.ts';
import type { ImageColumns } from '../../../../electron/domain/words.ts';
import { LatestRequest } from '../../../link/latest-request.svelte.ts';

/** A code as it crosses to the host; [code size]. */
export type Code = Float32Array<ArrayBuffer>;

/** Decodes a column of codes. */
export type Decode = (codes: Code) => Promise<Result<ImageColumns>>;

/** A code, what it was made for, and the picture the decoder makes of it. */
export interface Decoded<Subject> {
  readonly subject: Subject;
  readonly code: Code;
  readonly image: ImageColumns;
}

/** One picture that follows a code as it changes: at most one call is under way, and the newest code comes next. */
export class LiveDecode<Subject> {
  /** The latest picture; it stays while the next one is made, and after a failure. */
  shown = $state.raw<Decoded<Subject>>();
  problem = $state.raw<ErrorData>();
  readonly #decode: Decode;
  readonly #calls = new LatestRequest();

  constructor(decode: Decode) {
    this.#decode = decode;
  }

  follow(subject: Subject, code: Code): void {
    void this.#calls.follow(async () => {
      const answer = await this.#decode(code);
      this.problem = answer.ok ? undefined : answer.error;
      if (answer.ok) this.shown = { subject, code, image: answer.value };
    });
  }
}
