import type { ErrorData } from '../../../../electron/domain/errors.ts';
import type { ImageColumns } from '../../../../electron/domain/words.ts';
import type { Code, Decode } from './live.svelte.ts';
import { LatestRequest } from '../../../link/latest-request.svelte.ts';
import { imageAt } from '../../../maths/image-at.ts';

export const FRAME_RATES = [6, 12, 24] as const;

/** Decoded pictures in a row that can be looked through and played. */
export class Film {
  readonly #decode: Decode;
  readonly #calls = new LatestRequest();
  #timer: ReturnType<typeof setInterval> | undefined;
  frames = $state.raw<ImageColumns>();
  problem = $state.raw<ErrorData>();
  /** The frame on view, from 0. */
  at = $state(0);
  playing = $state(false);
  /** Frames a second. */
  rate = $state<number>(12);

  readonly count = $derived(this.frames?.count ?? 0);
  readonly image = $derived(this.frames && this.count > 0 ? imageAt(this.frames, this.at) : undefined);

  constructor(decode: Decode) {
    this.#decode = decode;
  }

  /** Decodes codes [frames × size] in one call, one call at a time; of no codes there is no film. */
  shoot(codes: Code): void {
    void this.#calls.follow(async (token) => {
      const answer = codes.length === 0 ? undefined : await this.#decode(codes);
      if (token.isStale) return;
      this.problem = answer?.ok === false ? answer.error : undefined;
      this.frames = answer?.ok ? answer.value : undefined;
      this.at = Math.min(this.at, Math.max(0, this.count - 1));
    });
  }

  show(frame: number): void {
    this.at = Math.min(Math.max(0, Math.round(frame)), Math.max(0, this.count - 1));
  }

  /** From the start again where it had ended; round and round until paused. */
  play(): void {
    this.pause();
    if (this.count < 2) return;
    this.playing = true;
    this.#timer = setInterval(() => (this.at = this.at + 1 < this.count ? this.at + 1 : 0), 1_000 / this.rate);
  }

  pause(): void {
    clearInterval(this.#timer);
    this.playing = false;
  }

  setRate(rate: number): void {
    this.rate = rate;
    if (this.playing) this.play();
  }
}
