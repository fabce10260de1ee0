import { readingOf, type ImportOptions, type Reading } from '../../contract/import-options.ts';
import type { ImportPlan, ImportReport, OtherFiles, PreviewImage } from '../../contract/import-plan.ts';
import { asFound } from './as-found.ts';
import { countDuplicates } from './count-duplicates.ts';
import { guessOptions, sampled } from './guess.ts';
import { throttled, type ImportHooks } from './import-hooks.ts';
import { byName, tally, UNSORTED } from './labels.ts';
import { stopIfAsked } from './listing.ts';
import { lookThrough } from './look-through.ts';
import { nothingIn, openSource } from './open-source.ts';
import { inverts, preparationOf } from './reading-options.ts';
import { inOrder, readItem } from './read-item.ts';
import type { Source, UnreadFile } from './source.ts';
import { thisMachine } from './system.ts';

const NO_OTHERS: OtherFiles = { count: 0, endings: [] };

/**
 * What importing these paths would do; nothing is written.
 * @param name of the set that is proposed.
 * @param reading how a person wants the files to be read.
 * @throws StudioError `not-found`, `bad-file` where nothing holds a picture, `stopped`.
 */
export async function planImport(
  paths: readonly string[],
  name: string,
  hooks: ImportHooks = {},
  reading: Reading = {},
): Promise<ImportPlan> {
  const { signal, system = thisMachine } = hooks;
  const progress = throttled(hooks);
  const onFound = (found: number): void => progress({ kind: 'listing', found });
  const source = await openSource(paths, system, { reading, signal, onFound });
  try {
    const { options, tried, unread: ofSample, ...guessed } = await guessOptions(source, name, system.atOnce);
    const rest = await lookThrough(source, tried, system.atOnce, signal);
    const unread = [...ofSample, ...rest.unread];
    const unreadable = unread.map(({ name, reason }) => ({ name, reason }));
    const found = withUnsorted(withoutUnread(lookAt(source), unread));
    if (found.count === 0) throw nothingIn(paths, [...unreadable, ...source.skipped]);
    const duplicates = await countDuplicates(source, new Set(unread.map((file) => file.name)), signal);
    const decoded = { count: tried.size + rest.decoded, whole: rest.whole, of: source.count };
    const known = {
      ...(duplicates === undefined ? {} : { duplicates }),
      ...(source.shape !== undefined || decoded.count >= decoded.of ? {} : { decoded }),
    };
    return { ...found, ...known, options: { ...options, ...reading }, ...guessed, unreadable };
  } finally {
    await source.close();
  }
}

function lookAt(source: Source): Omit<ImportPlan, 'options' | 'autoInverts' | 'unreadable'> {
  const { count, skipped, numbers, numberKinds, dark, table, bands, order, labelColumns, labelGuess } = source;
  const labels = [...(source.labelCounts ?? [])].map(([label, of]) => ({ name: label, count: of }));
  return {
    count,
    labels: labels.sort((a, b) => byName(a.name, b.name)),
    skipped,
    ...besidePictures(source),
    masks: source.masks ?? 0,
    folders: source.folders ?? [],
    ...(numbers === undefined || numbers.isEmpty || numbers.areBytes ? {} : { numbers: numbers.look() }),
    ...(numberKinds === undefined ? {} : { numberKinds }),
    ...(dark === undefined ? {} : { dark }),
    ...(table === undefined ? {} : { table }),
    ...(bands === undefined ? {} : { bands }),
    ...(order === undefined ? {} : { order }),
    ...(labelColumns === undefined ? {} : { labelColumns }),
    ...(labelGuess === undefined ? {} : { labelGuess }),
  };
}

/** What is known to be no picture is not promised, nor counted among those of its label or folder. */
function withoutUnread<T extends Pick<ImportPlan, 'count' | 'labels' | 'folders'>>(
  plan: T,
  unread: readonly UnreadFile[],
): T {
  const lost = tally(unread.flatMap(({ label }) => label ?? []));
  const labels = plan.labels.map(({ name, count }) => ({ name, count: count - (lost.get(name) ?? 0) }));
  const names = plan.folders.map(({ folder }) => folder);
  const lostOf = tally(unread.flatMap(({ name }) => folderOf(name, names) ?? []));
  const folders = plan.folders.map((look) => ({ ...look, count: look.count - (lostOf.get(look.folder) ?? 0) }));
  return { ...plan, count: plan.count - unread.length, labels: labels.filter(({ count }) => count > 0), folders };
}

/** Beside pictures with a label, those without become a label of their own. */
function withUnsorted<T extends Pick<ImportPlan, 'count' | 'labels'>>(plan: T): T {
  const count = plan.labels.reduce((rest, label) => rest - label.count, plan.count);
  if (plan.labels.length === 0 || count <= 0) return plan;
  const labels = new Map(plan.labels.map((label) => [label.name, label.count]));
  labels.set(UNSORTED, (labels.get(UNSORTED) ?? 0) + count);
  const all = [...labels].map(([name, of]) => ({ name, count: of }));
  return { ...plan, labels: all.sort((a, b) => byName(a.name, b.name)) };
}

/** The innermost of these folders in which a file lies. */
const folderOf = (name: string, folders: readonly string[]): string | undefined =>
  folders
    .filter((folder) => folder !== '' && `/${name}`.includes(`/${folder}/`))
    .toSorted((a, b) => b.length - a.length)[0];

/** What became of the files that are no pictures. */
export const besidePictures = ({
  others = NO_OTHERS,
  annotations,
}: Source): Pick<ImportReport, 'others' | 'annotations'> => ({
  others,
  ...(annotations === undefined ? {} : { annotations }),
});

/** Up to `count` pictures, spread over all of them, as they would be imported; nothing is written. Throws as `planImport`. */
export async function previewImport(
  paths: readonly string[],
  options: ImportOptions,
  count: number,
  hooks: ImportHooks = {},
): Promise<PreviewImage[]> {
  const { signal, system = thisMachine } = hooks;
  const source = await openSource(paths, system, { reading: readingOf(options), signal });
  try {
    const { width, height, channels } = options;
    const preparation = preparationOf(options, await inverts(source, options, system));
    const images: PreviewImage[] = [];
    for await (const read of inOrder(sampled(source, count), system.atOnce, (item) => readItem(item, preparation))) {
      stopIfAsked(signal);
      const { name, label } = read.item;
      const about = { name, ...(label === undefined || options.labels === 'none' ? {} : { label }) };
      if (read.kind === 'problem') images.push({ ...about, kind: 'problem', message: read.reason });
      else
        images.push({
          ...about,
          kind: 'image',
          image: { count: 1, width, height, channels, pixels: read.pixels.slice() },
          before: asFound(read.picture),
        });
    }
    return images;
  } finally {
    await source.close();
  }
}
