import type { ErrorData, Result } from '../../../electron/domain/errors.ts';
import type { ImageSource, Reconstructions } from '../../../electron/contract/models.ts';
import { LatestRequest, type RequestToken } from '../../link/latest-request.svelte.ts';
import { entriesOf, type WallEntry } from '../../pictures/picture-entries.ts';
import { pageOf, pageStarts, promisedBy, type PictureSource } from '../../pictures/picture-source.ts';

/** What pictures are asked for with: the same stamp, the same answer. */
export interface Wanted {
  readonly stamp: string;
  readonly ask: (source: ImageSource) => Promise<Result<Reconstructions>>;
}

interface Page {
  readonly first: number;
  readonly stamp: string;
  readonly entries: readonly WallEntry[];
}

interface Shelf {
  readonly id: number;
  readonly source: PictureSource;
  /** How many pictures it holds, as far as is known. */
  readonly total: number;
  /** Ascending. */
  readonly pages: readonly Page[];
}

/** Calls under way at once: one is decoded while another is computed. */
const LANES = 2;

/** The pictures a person has put here, page by page as their answers come. Old answers stand until new ones replace them. */
export class PictureWall {
  /** Why the pictures could not all be had. */
  problem = $state.raw<ErrorData>();

  #shelves = $state.raw<readonly Shelf[]>([]);
  #stamp = $state('');
  #nextId = 0;
  readonly #answers = new LatestRequest();

  readonly entries = $derived(this.#shelves.flatMap(({ pages }) => pages.flatMap((page) => page.entries)));
  readonly total = $derived(this.#shelves.reduce((sum, { total }) => sum + total, 0));
  /** How many show what is wanted now. */
  readonly done = $derived(
    this.#shelves.reduce(
      (sum, { pages }) =>
        sum + pages.reduce((part, page) => part + (page.stamp === this.#stamp ? page.entries.length : 0), 0),
      0,
    ),
  );
  /** Ids of those shown as they were before something else was wanted. */
  readonly stale: readonly string[] = $derived(
    this.#shelves
      .flatMap(({ pages }) => pages.filter((page) => page.stamp !== this.#stamp))
      .flatMap((page) => page.entries.map(({ id }) => id)),
  );
  readonly isEmpty = $derived(this.#shelves.length === 0);

  /** Whether answers are awaited. */
  get busy(): boolean {
    return this.#answers.busy;
  }

  add(source: PictureSource): void {
    this.#shelves = [...this.#shelves, { id: this.#nextId++, source, total: promisedBy(source), pages: [] }];
  }

  /** Lets go of all pictures. Returns what was staged for them. */
  clear(): readonly string[] {
    const staged = this.#shelves.flatMap(({ source }) => (source.kind === 'staged' ? [source.staged] : []));
    this.#answers.cancel();
    this.#shelves = [];
    this.problem = undefined;
    return staged;
  }

  /** Lets go of what is shown: it belongs to another model. */
  forgetAnswers(): void {
    this.#answers.cancel();
    this.#shelves = this.#shelves.map((shelf) => ({ ...shelf, pages: [] }));
  }

  /** Asks for what is not there as wanted; a later call takes over from this one. */
  async fill(wanted: Wanted): Promise<void> {
    this.#stamp = wanted.stamp;
    this.problem = undefined;
    await this.#answers.run(async (token) => {
      for (const { id } of this.#shelves) {
        if (!(await this.#fillStore(id, wanted, token))) break;
      }
    });
  }

  /** Whether all its pages are there. */
  async #fillStore(id: number, wanted: Wanted, token: RequestToken): Promise<boolean> {
    // The first answer says how many pictures there are.
    if (!(await this.#fillPage(id, 0, wanted, token))) return false;
    const starts = pageStarts(this.#shelf(id)?.total ?? 0).slice(1);
    const lane = async () => {
      for (let first = starts.shift(); first !== undefined; first = starts.shift()) {
        if (!(await this.#fillPage(id, first, wanted, token))) return false;
      }
      return true;
    };
    const filled = await Promise.all(Array.from({ length: LANES }, lane));
    return filled.every(Boolean);
  }

  async #fillPage(id: number, first: number, wanted: Wanted, token: RequestToken): Promise<boolean> {
    if (token.isStale) return false;
    const shelf = this.#shelf(id);
    if (!shelf) return false;
    if (shelf.pages.some((page) => page.first === first && page.stamp === wanted.stamp)) return true;
    const answer = await wanted.ask(pageOf(shelf.source, first));
    if (token.isStale) return false;
    if (answer.ok) {
      this.#place(id, first, wanted.stamp, answer.value);
      return true;
    }
    this.problem = answer.error;
    return false;
  }

  #place(id: number, first: number, stamp: string, answer: Reconstructions): void {
    const at = this.#shelves.findIndex((shelf) => shelf.id === id);
    const shelf = this.#shelves[at];
    if (!shelf) return;
    const total = shelf.source.kind === 'staged' ? answer.total : shelf.total;
    const entries = entriesOf({ ...answer, total }, `${id}-${first}`);
    const others = shelf.pages.filter((page) => page.first !== first);
    const pages = [...others, { first, stamp, entries }].sort((a, b) => a.first - b.first);
    this.#shelves = this.#shelves.with(at, { ...shelf, total, pages });
  }

  #shelf(id: number): Shelf | undefined {
    return this.#shelves.find((shelf) => shelf.id === id);
  }
}
