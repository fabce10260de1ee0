import type { ImageSetSummary } from './words.ts';

/** The sets that no newer version has followed: what a person chooses from. */
export const newestSets = (sets: readonly ImageSetSummary[]): readonly ImageSetSummary[] =>
  sets.filter(({ newer }) => newer === undefined);

/** "Cells"; of one that a newer version has followed, "Cells (an earlier version)". */
export const versionName = ({ name, newer }: Pick<ImageSetSummary, 'name' | 'newer'>): string =>
  newer === undefined ? name : `${name} (an earlier version)`;

/** The newest version of a set that is listed. */
export function newestOf(sets: readonly ImageSetSummary[], id: string): ImageSetSummary | undefined {
  const set = sets.find((each) => each.id === id);
  return set?.newer === undefined ? set : newestOf(sets, set.newer);
}

/**
 * The version that has taken the place of a set between two lists of the sets: a newer one, or the one before where the set is gone.
 * A set that was not the newest before is followed by nobody: whoever took it meant it.
 */
export function followed(
  id: string,
  before: readonly ImageSetSummary[],
  now: readonly ImageSetSummary[],
): string | undefined {
  if (before.find((set) => set.id === id)?.newer !== undefined) return undefined;
  if (now.some((set) => set.id === id)) {
    const newest = newestOf(now, id)?.id;
    return newest === id ? undefined : newest;
  }
  const last = before.find((set) => set.newer === id)?.id;
  return now.some((set) => set.id === last) ? last : undefined;
}
