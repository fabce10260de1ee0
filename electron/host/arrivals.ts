import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { ArrivedFiles } from '../contract/app.ts';
import type { Staging } from './staging.ts';

type Kind = ArrivedFiles['kind'];

const kindOfEnding: Readonly<Record<string, Kind>> = {
  '.aestudio': 'runs',
  '.aestudio-experiment': 'experiments',
  '.json': 'experiments',
};

interface Arrived {
  readonly kind: Kind;
  readonly paths: readonly string[];
}

/** Files that were opened outside of the window, until a window takes them. */
export class Arrivals {
  readonly #staging: Staging;
  readonly #announce: () => void;
  #waiting: Arrived[] = [];

  constructor(staging: Staging, announce: () => void) {
    this.#staging = staging;
    this.#announce = announce;
  }

  /** Takes up files for what their endings say they are; anything else becomes an image set. */
  open(paths: readonly string[]): void {
    for (const kind of ['experiments', 'runs', 'images'] as const) {
      this.#add({
        kind,
        paths: paths.filter((path) => (kindOfEnding[extname(path).toLowerCase()] ?? 'images') === kind),
      });
    }
  }

  /** Takes up files and folders to make an image set of, whatever their endings. */
  importImages(paths: readonly string[]): void {
    this.#add({ kind: 'images', paths });
  }

  /** All that waits, from now on the window's. */
  async take(window: object): Promise<readonly ArrivedFiles[]> {
    const taken = this.#waiting;
    this.#waiting = [];
    return Promise.all(
      taken.map(async ({ kind, paths }) => {
        const staged = this.#staging.open(window);
        for (const path of paths) this.#staging.give(staged, path);
        return { kind, staged, files: paths.length, bytes: await bytesOf(paths) };
      }),
    );
  }

  #add(arrived: Arrived): void {
    if (arrived.paths.length === 0) return;
    this.#waiting.push(arrived);
    this.#announce();
  }
}

/** What cannot be looked at counts as nothing: whoever reads it says why. */
async function bytesOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path).catch(() => undefined))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}
