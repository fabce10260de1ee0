import type { ImageColumns } from '../../../electron/domain/words.ts';
import { imageAt } from '../../maths/image-at.ts';
import { toRgba } from '../../maths/rgba.ts';
import { Cells } from './cells.ts';

/** Small pictures of points, for a map. */
export interface MapPictures {
  /** Of each, in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Grows when more pictures are at hand. */
  readonly version: number;
  /** Those at hand of these points; the others are sent for. */
  of(indices: readonly number[]): readonly MapPicture[];
}

export interface MapPicture {
  readonly index: number;
  readonly picture: CanvasImageSource;
  readonly from: readonly [x: number, y: number, width: number, height: number];
}

/** Images are fetched in requests of so many; what is asked for meanwhile waits, and only the latest wish is kept. */
const A_REQUEST = 256;
const MOST_CELLS = 1_024;
const MOST_PIXELS = 2 ** 22;
const LARGEST_CELL = 48;

export type FetchImages = (indices: Uint32Array<ArrayBuffer>) => Promise<ImageColumns | undefined>;

/** Pictures of points in one sheet of equal cells; the longest unused make room for others. */
export class Thumbnails implements MapPictures {
  readonly width: number;
  readonly height: number;
  version = $state(0);
  readonly #fetch: FetchImages;
  readonly #sheet: OffscreenCanvas;
  readonly #columns: number;
  readonly #cells: Cells;
  #wanted: readonly number[] = [];
  #busy = false;

  /** `image` is the images' size in pixels. */
  constructor(image: { readonly width: number; readonly height: number }, fetch: FetchImages) {
    const shrink = Math.min(1, LARGEST_CELL / Math.max(image.width, image.height));
    this.width = Math.max(1, Math.round(image.width * shrink));
    this.height = Math.max(1, Math.round(image.height * shrink));
    this.#fetch = fetch;
    const cells = Math.min(MOST_CELLS, Math.floor(MOST_PIXELS / (this.width * this.height)));
    this.#cells = new Cells(cells);
    this.#columns = Math.ceil(Math.sqrt(cells));
    this.#sheet = new OffscreenCanvas(this.#columns * this.width, this.#columns * this.height);
  }

  of(indices: readonly number[]): readonly MapPicture[] {
    const found: MapPicture[] = [];
    const missing: number[] = [];
    for (const index of indices) {
      const cell = this.#cells.use(index);
      if (cell === undefined) missing.push(index);
      else found.push({ index, picture: this.#sheet, from: [...this.#cornerOf(cell), this.width, this.height] });
    }
    this.#wanted = missing;
    if (!this.#busy) void this.#fill();
    return found;
  }

  async #fill(): Promise<void> {
    this.#busy = true;
    while (this.#wanted.length > 0) {
      // What was asked for again while it was fetched is there by now.
      const missing = this.#wanted.filter((index) => !this.#cells.has(index));
      const indices = Uint32Array.from(missing.slice(0, A_REQUEST));
      this.#wanted = missing.slice(A_REQUEST);
      if (indices.length === 0) break;
      const images = await this.#fetch(indices);
      if (!images) break;
      indices.forEach((index, at) => this.#lay(index, imageAt(images, at)));
      this.version++;
    }
    this.#busy = false;
  }

  #lay(index: number, image: ImageColumns): void {
    const [x, y] = this.#cornerOf(this.#cells.take(index));
    const { width, height, data } = toRgba(image);
    const context = this.#sheet.getContext('2d')!;
    if (width === this.width && height === this.height) {
      return context.putImageData(new ImageData(data, width, height), x, y);
    }
    const whole = new OffscreenCanvas(width, height);
    whole.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
    context.drawImage(whole, x, y, this.width, this.height);
  }

  #cornerOf(cell: number): readonly [x: number, y: number] {
    return [(cell % this.#columns) * this.width, Math.floor(cell / this.#columns) * this.height];
  }
}
