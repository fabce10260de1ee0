import type { ErrorData, Result } from '../../electron/domain/errors.ts';
import type { PickedImages } from '../../electron/contract/images.ts';
import type { ImageColumns } from '../../electron/domain/words.ts';

/** Pages that are fetched at the same time. */
const AT_ONCE = 2;
/** Pixels of a page, about: small enough to be unpacked within a frame. */
const PAGE_PIXELS = 160_000;
/** Pixels kept, about: 4 bytes each. */
const KEPT_PIXELS = 16_000_000;

export interface PageSource<Sheet> {
  /** Images in the view. */
  readonly count: number;
  readonly width: number;
  readonly height: number;
  fetch(first: number, count: number): Promise<Result<PickedImages>>;
  /** Makes what is painted from: kept until it is dropped. */
  toSheet(images: ImageColumns): Sheet;
  dropSheet(sheet: Sheet): void;
}

export interface PagedPicture<Sheet> {
  readonly sheet: Sheet;
  /** In the sheet. */
  readonly row: number;
  readonly name: string;
}

interface Page<Sheet> {
  readonly sheet: Sheet;
  readonly names: readonly string[];
}

/**
 * The images of a view of any length, fetched in pages as they come into sight. Only what is in sight is asked for, so
 * that a quick scroll leaves no queue behind; pages last seen are forgotten first. An answer after `close` is dropped.
 */
export class PicturePages<Sheet> {
  readonly count: number;
  readonly pageSize: number;
  readonly #source: PageSource<Sheet>;
  readonly #most: number;
  /** The page seen last stands last. */
  readonly #pages = new Map<number, Page<Sheet>>();
  readonly #loading = new Set<number>();
  readonly #listeners = new Set<() => void>();
  #wanted: readonly number[] = [];
  #problem: ErrorData | undefined;
  #closed = false;

  constructor(source: PageSource<Sheet>) {
    this.#source = source;
    this.count = source.count;
    const pixels = source.width * source.height;
    this.pageSize = Math.min(1_000, Math.max(4, Math.floor(PAGE_PIXELS / pixels)));
    this.#most = Math.max(8, Math.floor(KEPT_PIXELS / (pixels * this.pageSize)));
  }

  /** Why the last page could not be fetched; nothing more is asked for until `retry`. */
  get problem(): ErrorData | undefined {
    return this.#problem;
  }

  /** Told whenever a page or a problem has come. Returns its unsubscribe. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Asks for the images at positions [first, end), then for their surroundings. */
  show(first: number, end: number): void {
    const last = Math.ceil(this.count / this.pageSize) - 1;
    const from = Math.floor(first / this.pageSize);
    const to = Math.min(last, Math.floor(Math.max(first, end - 1) / this.pageSize));
    const inSight = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
    this.#wanted = [...inSight, to + 1, from - 1].filter((page) => page >= 0 && page <= last);
    for (const page of inSight) this.#touch(page);
    this.#fetchNext();
  }

  /** The picture at a position of the view, when it is there. */
  at(position: number): PagedPicture<Sheet> | undefined {
    const number = Math.floor(position / this.pageSize);
    const page = this.#pages.get(number);
    if (!page) return undefined;
    const row = position - number * this.pageSize;
    return { sheet: page.sheet, row, name: page.names[row] ?? '' };
  }

  retry(): void {
    this.#problem = undefined;
    this.#tell();
    this.#fetchNext();
  }

  close(): void {
    this.#closed = true;
    for (const { sheet } of this.#pages.values()) this.#source.dropSheet(sheet);
    this.#pages.clear();
    this.#listeners.clear();
  }

  #touch(number: number): void {
    const page = this.#pages.get(number);
    if (!page) return;
    this.#pages.delete(number);
    this.#pages.set(number, page);
  }

  #fetchNext(): void {
    if (this.#closed || this.#problem) return;
    for (const page of this.#wanted) {
      if (this.#loading.size >= AT_ONCE) return;
      if (!this.#pages.has(page) && !this.#loading.has(page)) void this.#fetch(page);
    }
  }

  async #fetch(number: number): Promise<void> {
    this.#loading.add(number);
    const first = number * this.pageSize;
    const result = await this.#source.fetch(first, Math.min(this.pageSize, this.count - first));
    this.#loading.delete(number);
    if (this.#closed) return;
    if (result.ok) this.#keep(number, result.value);
    else this.#problem = result.error;
    this.#tell();
    this.#fetchNext();
  }

  #keep(number: number, { images, names }: PickedImages): void {
    this.#pages.set(number, { sheet: this.#source.toSheet(images), names });
    for (const [oldest, { sheet }] of this.#pages) {
      if (this.#pages.size <= this.#most) return;
      if (this.#wanted.includes(oldest)) continue;
      this.#pages.delete(oldest);
      this.#source.dropSheet(sheet);
    }
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
