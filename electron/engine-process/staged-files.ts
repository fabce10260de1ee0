import { StudioError } from '../domain/errors.ts';

/** Far more than windows use at a time; the host tells again before each call that names one. */
const MOST_KEPT = 32;

/** Where the files lie that windows have handed over, by the ids that calls name, as the host told last. */
export class StagedFiles {
  private readonly pathsOf = new Map<string, readonly string[]>();

  set(id: string, paths: readonly string[]): void {
    this.pathsOf.delete(id);
    this.pathsOf.set(id, paths);
    for (const oldest of this.pathsOf.keys()) {
      if (this.pathsOf.size <= MOST_KEPT) return;
      this.pathsOf.delete(oldest);
    }
  }

  /** @throws StudioError `not-found` when none were handed over under this id. */
  paths(id: string): readonly string[] {
    const paths = this.pathsOf.get(id);
    if (paths !== undefined) return paths;
    throw new StudioError('not-found', 'These files are no longer at hand: drop or choose them again.');
  }
}

/** A path or sentence without the folder that this id's uploads lie in: a person knows them by what was dropped. */
export function asDropped(text: string, id: string, paths: readonly string[]): string {
  const inside = paths.find((path) => path.includes(id));
  return inside === undefined ? text : text.replaceAll(inside.slice(0, inside.indexOf(id) + id.length + 1), '');
}
