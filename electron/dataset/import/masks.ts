/** Folders of pictures that mark pixels of other pictures. */
const MASK_FOLDER = /^(?:.*[-_ ])?(?:masks?|labels?|annotations?|targets?|trimaps?)$/i;
/** The same, by names that mean nothing else. */
const TRUTH_FOLDER =
  /^(?:.*[-_ ])?(?:ground[-_ ]?truths?|gts?|segmentations?|segmentation[-_ ]?(?:class|object|masks?))$/i;
/** What lies beside masks: "images | masks", "train | train_masks". */
const IMAGE_FOLDER =
  /^(?:.*[-_ ])?(?:images?|imgs?|pictures?|photos?|inputs?|originals?|raw|jpe?gimages|train|training|test|val)$/i;
const MASK_NAME = /[-_ .](?:masks?|gt|seg|segmentation|ground[-_ ]?truth)(?:[-_ ]?\d+)?$/i;

/** A word without which a path is no mask's. */
const MASK_WORD = /mask|label|annotation|target|trimap|truth|gt|seg/i;

/** This share of what lies in folders called so must have its picture, else the folders are classes like any other. */
const LEAST_MATCHED = 0.5;

/** Which paths are masks, and each's picture; none where it has no picture. */
export type Masks = ReadonlyMap<number, number | undefined>;

/**
 * Finds masks: in folders called masks, ground_truth, … beside the pictures' folders (the same path with another folder in its
 * place), and files called like a picture with "_mask" behind.
 * @param paths with `/` between folders.
 */
export function masksIn(paths: readonly string[]): Masks {
  // Most folders of pictures have nothing of the kind.
  if (!paths.some((path) => MASK_WORD.test(path))) return new Map();
  const parts = paths.map((path) => path.split('/'));
  const candidates = new Map<number, { readonly depth: number | undefined; readonly keys: readonly string[] }>();
  const siblings = folderSiblings(parts);
  for (const [index, names] of parts.entries()) {
    const depth = maskDepth(names, siblings);
    const stem = stemOf(names.at(-1)!);
    const plain = stem.replace(MASK_NAME, '');
    if (depth !== undefined) {
      const keys = [plain, stem].map((last) => keyWithout([...names.slice(0, -1), last], depth));
      candidates.set(index, { depth, keys });
    } else if (plain !== stem) {
      candidates.set(index, { depth, keys: [[...names.slice(0, -1), plain].join('/')] });
    }
  }
  if (candidates.size === 0) return new Map();
  const pictures = pictureKeys(parts, candidates);
  const found = [...candidates].map(([index, { depth, keys }]) => {
    const at = keys
      .map((key) => (depth === undefined ? pictures.whole : pictures.without).get(key))
      .find((n) => n !== undefined);
    return { index, inFolder: depth !== undefined, at };
  });
  const inFolders = found.filter(({ inFolder }) => inFolder);
  const areMasks = inFolders.filter(({ at }) => at !== undefined).length >= inFolders.length * LEAST_MATCHED;
  return new Map(
    found.filter(({ inFolder, at }) => (inFolder ? areMasks : at !== undefined)).map(({ index, at }) => [index, at]),
  );
}

const stemOf = (file: string): string => file.replace(/\.[^.]*$/, '');

/** Where in a path a folder of masks stands that has pictures beside it. */
function maskDepth(names: readonly string[], siblings: ReadonlyMap<string, ReadonlySet<string>>): number | undefined {
  for (let depth = 0; depth < names.length - 1; depth += 1) {
    const name = names[depth]!;
    const isTruth = TRUTH_FOLDER.test(name);
    if (!isTruth && !MASK_FOLDER.test(name)) continue;
    const beside = siblings.get(names.slice(0, depth).join('/'));
    const isBeside = (other: string): boolean =>
      other !== name && !MASK_FOLDER.test(other) && (isTruth || IMAGE_FOLDER.test(other));
    if (beside !== undefined && [...beside].some(isBeside)) return depth;
  }
  return undefined;
}

/** The folders directly in each folder. */
function folderSiblings(parts: readonly (readonly string[])[]): Map<string, Set<string>> {
  const inside = new Map<string, Set<string>>();
  for (const names of parts) {
    for (let depth = 0; depth < names.length - 1; depth += 1) {
      const above = names.slice(0, depth).join('/');
      const known = inside.get(above);
      if (known === undefined) inside.set(above, new Set([names[depth]!]));
      else known.add(names[depth]!);
    }
  }
  return inside;
}

/** A path without one of its folders: the same for a picture and its mask. */
function keyWithout(names: readonly string[], depth: number): string {
  return `${depth}:${names.filter((_, at) => at !== depth).join('/')}`;
}

/** The pictures by their paths without endings, whole and without each of their folders; tests come before training. */
function pictureKeys(parts: readonly (readonly string[])[], candidates: ReadonlyMap<number, unknown>) {
  const whole = new Map<string, number>();
  const without = new Map<string, number>();
  for (const [index, names] of parts.entries()) {
    if (candidates.has(index)) continue;
    const path = [...names.slice(0, -1), stemOf(names.at(-1)!)];
    whole.set(path.join('/'), index);
    for (let depth = 0; depth < path.length - 1; depth += 1) {
      const key = keyWithout(path, depth);
      // Ground truth is of what is tested: of train/good/000 and test/good/000 it is the latter's.
      if (!without.has(key) || !/^train/i.test(path[depth]!)) without.set(key, index);
    }
  }
  return { whole, without };
}
