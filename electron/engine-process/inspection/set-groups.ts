import type { SetGroup } from '../../contract/inspection.ts';
import type { ImageSet } from '../../dataset/image-set.ts';
import { byName } from '../../dataset/import/labels.ts';
import { groupOf, truthsOf } from '../../domain/inspection/groups.ts';
import { ImageNames } from '../../files/image-names.ts';
import type { ImageSetFolder } from '../../files/image-set-folder.ts';
import { readMaskPlaces } from '../../files/image-set-masks.ts';

/** What the images of a set were called, training before test; nothing where that is not known. */
export async function namesOfSet(set: ImageSet, folder: ImageSetFolder): Promise<readonly string[] | undefined> {
  const count = set.training.images.count + set.test.images.count;
  const names = await ImageNames.open(folder.namesPath, count);
  return names?.at(Array.from({ length: count }, (_, place) => place)).map((name) => name ?? '');
}

/**
 * The folders that a set's pictures came from, by split, sorted by name; of a set without file names, its labels.
 * @param folder of an imported set
 */
export async function groupsOfSet(set: ImageSet, folder: ImageSetFolder | undefined): Promise<SetGroup[]> {
  const names = folder === undefined ? undefined : await namesOfSet(set, folder);
  const masks = new Set(folder === undefined ? [] : await readMaskPlaces(folder));
  const found = new Map<string, { group: string; split: SetGroup['split']; pictures: number; masks: number }>();
  const groups = groupColumn(set, names);
  groups.forEach((group, place) => {
    const split = place < set.training.images.count ? 'training' : 'test';
    const key = `${split}/${group}`;
    const known = found.get(key) ?? { group, split, pictures: 0, masks: 0 };
    known.pictures += 1;
    if (masks.has(place)) known.masks += 1;
    found.set(key, known);
  });
  const truths = truthsOf(groups);
  const sorted = [...found.values()].sort((a, b) => byName(a.group, b.group));
  return sorted.map((each) => ({ ...each, truth: truths.get(each.group)! }));
}

/** The group of each image, training before test: its folder, or, where no names are known, its label. */
export function groupColumn(set: ImageSet, names: readonly string[] | undefined): string[] {
  if (names !== undefined) return names.map(groupOf);
  return [set.training, set.test].flatMap(({ images, labels }) =>
    Array.from({ length: images.count }, (_, at) => (labels === undefined ? '' : (set.labelNames[labels[at]!] ?? ''))),
  );
}
