import type { ImageColumns } from '../../../electron/contract/words.ts';
import { imageAt } from '../../state/latent-maths/sheet.ts';
import { toRgba } from '../rgba.ts';

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
  readonly #cells: number;
  /** The cell of each image at hand, the longest unused first. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- `version` says when it changed, once for many images
  readonly #cellOf = new Map<number, number>();
  #wanted: readonly number[] = [];
  #busy = false;

  /** `image` is the images' size in pixels. */
  constructor(image: { readonly width: number; readonly height: number }, fetch: FetchImages) {
    const shrink = Math.min(1, LARGEST_CELL / Math.max(image.width, image.height));
    this.width = Math.max(1, Math.round(image.width * shrink));
    this.height = Math.max(1, Math.round(image.height * shrink));
    this.#fetch = fetch;
    this.#cells = Math.min(MOST_CELLS, Math.floor(MOST_PIXELS / (this.width * this.height)));
    this.#columns = Math.ceil(Math.sqrt(this.#cells));
    this.#sheet = new OffscreenCanvas(this.#columns * this.width, this.#columns * this.height);
  }

  of(indices: readonly number[]): readonly MapPicture[] {
    const found: MapPicture[] = [];
    const missing: number[] = [];
    for (const index of indices) {
      const cell = this.#cellOf.get(index);
      if (cell === undefined) missing.push(index);
      else {
        this.#cellOf.delete(index);
        this.#cellOf.set(index, cell);
        found.push({ index, picture: this.#sheet, from: [...this.#cornerOf(cell), this.width, this.height] });
      }
    }
    this.#wanted = missing;
    if (!this.#busy) void this.#fill();
    return found;
  }

  async #fill(): Promise<void> {
    this.#busy = true;
    while (this.#wanted.length > 0) {
      const indices = Uint32Array.from(this.#wanted.slice(0, A_REQUEST));
      this.#wanted = this.#wanted.slice(A_REQUEST);
      const images = await this.#fetch(indices);
      if (!images) break;
      indices.forEach((index, at) => this.#lay(index, imageAt(images, at)));
      this.version++;
    }
    this.#busy = false;
  }

  #lay(index: number, image: ImageColumns): void {
    const [x, y] = this.#cornerOf(this.#freeCell(index));
    const { width, height, data } = toRgba(image);
    const context = this.#sheet.getContext('2d')!;
    if (width === this.width && height === this.height) {
      return context.putImageData(new ImageData(data, width, height), x, y);
    }
    const whole = new OffscreenCanvas(width, height);
    whole.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
    context.drawImage(whole, x, y, this.width, this.height);
  }

  #freeCell(index: number): number {
    const [oldest] = this.#cellOf;
    const cell = this.#cellOf.size < this.#cells || !oldest ? this.#cellOf.size : oldest[1];
    if (this.#cellOf.size >= this.#cells && oldest) this.#cellOf.delete(oldest[0]);
    this.#cellOf.set(index, cell);
    return cell;
  }

  #cornerOf(cell: number): readonly [x: number, y: number] {
    return [(cell % this.#columns) * this.width, Math.floor(cell / this.#columns) * this.height];
  }
}
