import type { HeatMap } from '../../../electron/contract/inspection.ts';
import type { LookDraft } from './look.svelte.ts';

/** A rectangle in pixels of the picture. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Which picture is drawn on, and what is drawn for. */
interface Shown {
  readonly map: () => HeatMap;
  readonly again: () => LookDraft;
}

/** The part of a picture that counts: the one that is kept, or, while a pointer draws it, the one that it has come to. */
export class PartDrawing {
  readonly #shown: Shown;
  #corner: readonly [x: number, y: number] | undefined;
  #drawn = $state.raw<Box>();

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  /** `undefined` where all of it counts, and where it is looked at by tiles. */
  get part(): Box | undefined {
    if (this.#drawn) return this.#drawn;
    const { region, tiles } = this.#shown.again();
    if (!region || tiles !== undefined) return undefined;
    const { left, top, width, height } = this.#shown.map().seen;
    return {
      left: left + region.left * width,
      top: top + region.top * height,
      width: region.width * width,
      height: region.height * height,
    };
  }

  grab(event: PointerEvent): void {
    if (!this.#shown.again().drawing || event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.#corner = this.#placeOf(event);
    this.#drawn = undefined;
  }

  pull(event: PointerEvent): void {
    if (!this.#corner) return;
    const [x, y] = this.#placeOf(event);
    this.#drawn = {
      left: Math.min(x, this.#corner[0]),
      top: Math.min(y, this.#corner[1]),
      width: Math.abs(x - this.#corner[0]),
      height: Math.abs(y - this.#corner[1]),
    };
  }

  letGo(): void {
    const { left, top, width, height } = this.#shown.map().seen;
    const drawn = this.#drawn;
    if (drawn && drawn.width > 0 && drawn.height > 0) {
      this.#shown.again().draw({
        left: (drawn.left - left) / width,
        top: (drawn.top - top) / height,
        width: drawn.width / width,
        height: drawn.height / height,
      });
    }
    this.#corner = undefined;
    this.#drawn = undefined;
  }

  /** Where a pointer is, in pixels of the picture, within what the model sees. */
  #placeOf({ clientX, clientY, currentTarget }: PointerEvent): readonly [x: number, y: number] {
    const box = (currentTarget as HTMLElement).getBoundingClientRect();
    const map = this.#shown.map();
    const { left, top, width, height } = map.seen;
    const within = (place: number, from: number, length: number, most: number): number =>
      Math.min(from + length, most, Math.max(from, 0, place));
    return [
      within(((clientX - box.left) / box.width) * map.width, left, width, map.width),
      within(((clientY - box.top) / box.height) * map.height, top, height, map.height),
    ];
  }
}
