import { Film } from './film.svelte.ts';
import type { Code } from './live.svelte.ts';
import type { DecoderModel } from './decoder-model.ts';
import { lineLength, resampled } from '../../../maths/path.ts';
import { codesAt } from '../../../maths/plane.ts';

export const WALK_LENGTHS = [24, 60, 120, 240] as const;

/** The drawn path as a film. */
export class PathWalk {
  readonly film: Film;
  readonly #model: DecoderModel;
  /** Frames. */
  length = $state<number>(60);

  /** Of the drawn path, in the plane's units; 0 where there is none. */
  readonly reach = $derived.by(() => lineLength(this.#model.explorer.path));
  /** Of its frames, evenly along the path, [length × code size]; empty where there is none. */
  readonly codes: Code = $derived.by(() => {
    const { map, path } = this.#model.explorer;
    return map ? codesAt(map, resampled(path, this.length)) : new Float32Array(0);
  });

  constructor(model: DecoderModel) {
    this.film = new Film(model.decode);
    this.#model = model;
  }
}
