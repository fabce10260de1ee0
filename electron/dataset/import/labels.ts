/** Where a picture belongs, by the folders it lies in. */
export interface Place {
  readonly label?: string;
  readonly split?: 'training' | 'test';
}

/** Pictures that lie beside the labels' folders. */
export const UNSORTED = 'unsorted';

const TRAINING = /^(?:train|training)$/i;
const TEST = /^(?:test|testing)$/i;
const VALIDATION = /^(?:val|valid|validation)$/i;

const PICTURE = /\.(?:png|jpe?g|jfif|webp|gif|tiff?|avif|bmp)$/i;

/** Whether a file is called as pictures are; what it is shows when it is read. */
export const isCalledPicture = (path: string): boolean => PICTURE.test(path);

/**
 * Reads labels and splits from paths relative to what was given ("train/cats/1.png"): folders that hold everything are passed
 * over, then train and test, then the first folder is the label. A validation folder counts as test where there is none.
 * A README beside the folders changes nothing: where some files are called as pictures are, those alone tell.
 * @param paths with `/` between folders.
 */
export function placesOf(paths: readonly string[]): Place[] {
  const split = paths.map((path) => path.split('/').slice(0, -1));
  const pictures = split.filter((_, index) => isCalledPicture(paths[index]!));
  const telling = pictures.length > 0 ? pictures : split;
  const depth = commonDepth(telling);
  const folders = split.map((parts) => parts.slice(depth));
  const tops = new Set(telling.map((parts) => parts[depth]));
  const isSplit = [...tops].every((top) => top !== undefined && (TRAINING.test(top) || isTest(top))) && tops.size > 1;
  const hasTest = [...tops].some((top) => top !== undefined && TEST.test(top));
  const places = folders.map((parts): { split?: 'training' | 'test'; folder: string | undefined } => {
    if (!isSplit) return { folder: parts[0] };
    const [top = '', folder] = parts;
    const asTest = TEST.test(top) || (VALIDATION.test(top) && !hasTest);
    return { split: asTest ? 'test' : 'training', folder };
  });
  // Where train and test were passed over, the label is the folder after them.
  const labelDepth = depth + (isSplit ? 1 : 0);
  const labelled = telling.some((parts) => parts.length > labelDepth);
  return places.map(({ split: part, folder }) => ({
    ...(part === undefined ? {} : { split: part }),
    ...(labelled ? { label: folder ?? UNSORTED } : {}),
  }));
}

function isTest(folder: string): boolean {
  return TEST.test(folder) || VALIDATION.test(folder);
}

/** How many folders, from the top, all paths share. */
function commonDepth(paths: readonly (readonly string[])[]): number {
  const [first = []] = paths;
  let depth = 0;
  while (depth < first.length && paths.every((parts) => parts[depth] === first[depth])) depth += 1;
  return depth;
}

/** Reads a split from an array's or a file's name: "x_test", "t10k-images", "fashion_test.csv". */
export function splitOfName(name: string): 'training' | 'test' | undefined {
  if (/(?:^|[^a-z])(?:test|t10k)(?:$|[^a-z])/i.test(name)) return 'test';
  return /(?:^|[^a-z])(?:train|training|val|valid|validation)(?:$|[^a-z])/i.test(name) ? 'training' : undefined;
}

/** "2" before "10"; the same on every machine. */
export const byName = new Intl.Collator('en', { numeric: true }).compare;
