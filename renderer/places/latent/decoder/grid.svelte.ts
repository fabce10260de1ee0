import type { ErrorData } from '../../../../electron/domain/errors.ts';
import { MOST_DECODED_PIXELS } from '../../../../electron/contract/models.ts';
import type { ImageColumns } from '../../../../electron/domain/words.ts';
import type { Limits } from '../../../maths/scatter-geometry.ts';
import type { DecoderModel } from './decoder-model.ts';
import { LatestRequest } from '../../../link/latest-request.svelte.ts';
import { codesAt, gridPlaces } from '../../../maths/plane.ts';

export interface DecodedGrid {
  /** The square of the plane that it covers; each picture was decoded in the middle of its cell. */
  readonly limits: Limits;
  readonly columns: number;
  readonly rows: number;
  /** Row by row from the top left. */
  readonly images: ImageColumns;
  /** From asking to having, in milliseconds. */
  readonly took: number;
}

/** Pictures a side. */
export const GRID_SIZES = [4, 8, 12, 16, 24, 32, 48, 64] as const;

/** Pictures a side, where nobody has chosen: more of them on a larger map, each about so many CSS pixels of its longer side. */
const USUAL = { least: 16, most: 32, pixels: 72 } as const;

/** The decoded manifold: what the decoder makes of a grid of places. */
export class ManifoldGrid {
  readonly #model: DecoderModel;
  readonly #calls = new LatestRequest();
  grid = $state.raw<DecodedGrid>();
  problem = $state.raw<ErrorData>();
  /** Of the map that it lies under, the longer side in CSS pixels. */
  reach = $state(0);
  #chosen = $state<number>();
  /** The sides that one answer holds: fewer where images are large. */
  readonly sizes: readonly number[];

  constructor(model: DecoderModel) {
    this.#model = model;
    const [height, width] = model.details.spec.inputShape;
    this.sizes = GRID_SIZES.filter((side) => side * side * height * width <= MOST_DECODED_PIXELS);
  }

  /** Pictures a side: as many as the person has chosen, else as the map's size asks for. */
  get side(): number {
    const wanted = Math.min(USUAL.most, Math.max(USUAL.least, this.reach / USUAL.pixels));
    return this.#chosen ?? this.sizes.find((side) => side >= wanted) ?? this.sizes.at(-1) ?? GRID_SIZES[0];
  }

  set side(side: number) {
    this.#chosen = side;
  }

  get working(): boolean {
    return this.#calls.busy;
  }

  /** Decodes what is on view; of several wishes while one is decoded, only the latest follows. */
  decode(): void {
    void this.#calls.follow(() => this.#decode());
  }

  async #decode(): Promise<void> {
    const { explorer, size } = this.#model;
    if (!explorer.points) return;
    const began = performance.now();
    const limits = squared(explorer.region);
    const columns = this.side;
    // A 1-D code is a line: there is nothing above and below.
    const rows = size === 1 ? 1 : this.side;
    const answer = await this.#model.decode(codesAt(explorer.points, gridPlaces(limits, columns, rows)));
    this.problem = answer.ok ? undefined : answer.error;
    if (!answer.ok) return;
    this.grid = { limits, columns, rows, images: answer.value, took: performance.now() - began };
  }
}

/** The smallest square around a region: its pictures are not stretched on a map with equal axes. */
function squared({ left, right, bottom, top }: Limits): Limits {
  const reach = Math.max(right - left, top - bottom) / 2;
  const [x, y] = [(left + right) / 2, (bottom + top) / 2];
  return { left: x - reach, right: x + reach, bottom: y - reach, top: y + reach };
}
