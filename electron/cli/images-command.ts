import { basename, extname, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  setSplits,
  turns,
  type ImageChange,
  type ImagePicks,
  type SetSplit,
  type Turn,
} from '../contract/image-changes.ts';
import { openContents, type KnownImage } from '../dataset/change/set-contents.ts';
import { importImages } from '../dataset/import/import-images.ts';
import { planImport } from '../dataset/import/plan-import.ts';
import { StudioError } from '../domain/errors.ts';
import { newestSets } from '../domain/versions.ts';
import type { ImageSetSummary } from '../domain/words.ts';
import { ImageChangeService } from '../engine-process/image-change-service.ts';
import { ImageSets } from '../engine-process/image-sets.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { ImageSetStore } from '../files/image-set-store.ts';
import { ImportReporter } from './import-report.ts';

interface Common {
  readonly data: string;
  readonly json?: true;
}

/** Which images of a set are meant: those that all of these say. */
interface Selection extends Common {
  readonly label?: string;
  readonly named?: string;
  readonly split?: 'training' | 'test';
  readonly places?: readonly number[];
}

/** `images …`: what is done to the images of a set. */
export function addImages(program: Command): void {
  const images = program
    .command('images')
    .description(
      'change the images of a set: each change makes a version, and runs keep the images they were trained on',
    );
  withData(images.command('list').description('the image sets, by their ids')).action((given: Common) => list(given));
  withData(images.command('add').description('add pictures to a set, made images as those it has'))
    .argument('<set>', 'id or name of the set')
    .argument('<paths...>', 'files and folders, as import takes them')
    .option('--label <text>', 'of all of them (default: as their folders are called)')
    .action((set: string, paths: string[], given: Common & { readonly label?: string }) => add(set, paths, given));
  withSelection(images.command('remove').description('leave images out'))
    .argument('<set>', 'id or name of the set')
    .action((set: string, given: Selection) => change(set, given, (picks) => ({ kind: 'remove', picks })));
  withSelection(images.command('relabel').description('give images another label'))
    .argument('<set>', 'id or name of the set')
    .requiredOption('--to <label>', 'the new label')
    .action((set: string, given: Selection & { readonly to: string }) =>
      change(set, given, (picks) => ({ kind: 'relabel', picks, label: given.to })),
    );
  withSelection(
    images.command('turn').description('turn images, all of them where none are named; EMNIST needs transpose'),
  )
    .argument('<set>', 'id or name of the set')
    .addOption(new Option('--by <turn>', 'how').choices(turns).makeOptionMandatory())
    .action((set: string, given: Selection & { readonly by: Turn }) =>
      change(set, given, (picks, isAll) => ({ kind: 'turn', turn: given.by, ...(isAll ? {} : { picks }) }), true),
    );
  withSelection(images.command('move').description('move images to another split'))
    .argument('<set>', 'id or name of the set')
    .addOption(new Option('--to <split>', 'which').choices(setSplits).makeOptionMandatory())
    .action((set: string, given: Selection & { readonly to: SetSplit }) =>
      change(set, given, (picks) => ({ kind: 'move', picks, to: given.to })),
    );
  withData(images.command('split').description('draw the split anew, alike in every label, or by folders'))
    .argument('<set>', 'id or name of the set')
    .option('--test <percent>', 'for testing', percent)
    .option('--validation <percent>', 'for validation', percent, 0)
    .option('--folder <folder=split...>', 'where the images of a folder go, such as train/dogs=test', folderSplit)
    .action((set: string, given: SplitArguments) => change(set, given, () => splitOf(given), true));
  withSelection(images.command('take').description('make a new set of some images'))
    .argument('<set>', 'id or name of the set')
    .requiredOption('--name <text>', 'name of the new set')
    .action((set: string, given: Selection & { readonly name: string }) => take(set, given));
  withData(images.command('undo').description('the version before takes its place again; the newest goes to the trash'))
    .argument('<set>', 'id or name of the set')
    .action((set: string, given: Common) => undo(set, given));
}

const withData = (command: Command): Command =>
  command
    .addOption(
      new Option('--data <folder>', 'the app’s data folder').default(defaultDataFolder(), 'the app’s data folder'),
    )
    .option('--json', 'one JSON object on stdout');

const withSelection = (command: Command): Command =>
  withData(command)
    .option('--label <text>', 'the images of this label')
    .option('--named <pattern>', 'the images so named; * stands for anything')
    .addOption(new Option('--split <split>', 'the images of this split').choices(['training', 'test']))
    .option('--places <list>', 'the images at these places of their split, from 0, such as 0,3,10-19', places);

interface SplitArguments extends Common {
  readonly test?: number;
  readonly validation: number;
  readonly folder?: readonly { readonly folder: string; readonly split: SetSplit }[];
}

function splitOf({ test, validation, folder }: SplitArguments): ImageChange {
  if (folder !== undefined) return { kind: 'split-folders', folders: [...folder] };
  if (test === undefined) throw new StudioError('bad-request', 'Expected --test or --folder, found neither.');
  return { kind: 'split', test, validation };
}

const openStore = ({ data }: Common) => {
  const store = new ImageSetStore(resolve(data));
  const sets = new ImageSets(resolve(data));
  const nothing = { emit: () => undefined, isInUse: () => false };
  return { store, changes: new ImageChangeService({ store, sets, ...nothing }).handlers };
};

async function list(given: Common): Promise<void> {
  const { sets } = await openStore(given).store.list();
  const newest = newestSets(sets);
  if (given.json) return write(JSON.stringify(newest));
  for (const set of newest) write(`${set.id}\t${told(set)}`);
}

async function add(name: string, paths: readonly string[], given: Common & { readonly label?: string }): Promise<void> {
  const { store } = openStore(given);
  const { id } = await found(store, name);
  await store.refuseOlder(id);
  const reporter = new ImportReporter(given.json === true);
  const first = resolve(paths[0]!);
  const { options } = await planImport(paths, basename(first, extname(first)) || 'Images');
  const next = store.newId(name);
  const request = {
    paths,
    options,
    folder: store.at(next).path,
    id: next,
    onto: { folder: store.at(id).path, id },
    ...(given.label === undefined ? {} : { label: given.label }),
  };
  reporter.imported(await importImages(request, { onProgress: reporter.progressed }));
}

async function change(
  name: string,
  given: Selection,
  how: (picks: ImagePicks, isAll: boolean) => ImageChange,
  mayBeAll = false,
): Promise<void> {
  const { store, changes } = openStore(given);
  const { id } = await found(store, name);
  const { picks, isAll } = await picked(store, id, given);
  if (isAll && !mayBeAll) {
    throw new StudioError('bad-request', 'Expected --label, --named, --split or --places to name images, found none.');
  }
  tell(await changes['image-set:change']({ imageSet: id, change: how(picks, isAll) }), given);
}

async function take(name: string, given: Selection & { readonly name: string }): Promise<void> {
  const { store, changes } = openStore(given);
  const { id } = await found(store, name);
  const { picks } = await picked(store, id, given);
  tell(await changes['image-set:take']({ imageSet: id, name: given.name, picks }), given);
}

async function undo(name: string, given: Common): Promise<void> {
  const { store, changes } = openStore(given);
  tell(await changes['image-set:undo']({ imageSet: (await found(store, name)).id }), given);
}

/** @throws StudioError `not-found`, or `bad-request` where several sets have the name */
async function found(store: ImageSetStore, name: string): Promise<ImageSetSummary> {
  const { sets } = await store.list();
  const known = sets.find(({ id }) => id === name);
  if (known !== undefined) return known;
  const [first, ...others] = newestSets(sets).filter((set) => set.name === name);
  if (first === undefined)
    throw new StudioError('not-found', `There is no image set "${name}": images list names them.`);
  if (others.length === 0) return first;
  const ids = [first, ...others].map(({ id }) => id).join(', ');
  throw new StudioError(
    'bad-request',
    `Expected one set called "${name}", found ${others.length + 1}: name one of ${ids}.`,
  );
}

async function picked(
  store: ImageSetStore,
  id: string,
  { label, named, split, places: wanted }: Selection,
): Promise<{ readonly picks: ImagePicks; readonly isAll: boolean }> {
  const contents = await openContents(store.at(id).path);
  try {
    const pattern = named === undefined ? undefined : patternOf(named);
    const at = wanted === undefined ? undefined : new Set(wanted);
    const placeIn = ({ place, split: of }: KnownImage): number =>
      of === 'test' ? place - contents.trainingCount : place;
    const fits = (image: KnownImage): boolean =>
      (label === undefined || image.label === label) &&
      (pattern === undefined || pattern.test(image.name)) &&
      (split === undefined || (image.split === 'test') === (split === 'test')) &&
      (at === undefined || at.has(placeIn(image)));
    const chosen = contents.images.filter(fits);
    if (chosen.length === 0)
      throw new StudioError('bad-request', 'Expected images that these options name, found none.');
    const of = (test: boolean) =>
      Uint32Array.from(chosen.filter((image) => (image.split === 'test') === test).map(placeIn));
    const all = [
      { split: 'training' as const, indices: of(false) },
      { split: 'test' as const, indices: of(true) },
    ];
    const isAll = [label, named, split, wanted].every((option) => option === undefined);
    return { picks: all.filter(({ indices }) => indices.length > 0), isAll };
  } finally {
    contents.close();
  }
}

function tell(set: ImageSetSummary, { json }: Common): void {
  write(json ? JSON.stringify(set) : `${set.id}\t${told(set)}`);
}

const told = ({ name, trainingCount, testCount, validationCount = 0, labelNames }: ImageSetSummary): string =>
  `${name}: ${trainingCount} training${validationCount > 0 ? ` (${validationCount} of them validation)` : ''}, ${testCount} test, ` +
  (labelNames.length === 0 ? 'no labels' : `labels ${labelNames.join(', ')}`);

const write = (line: string): void => void process.stdout.write(`${line}\n`);

function patternOf(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'u');
}

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 90) return value;
  throw new InvalidArgumentError('Expected 0 to 90.');
}

/** "0,3,10-12" → 0, 3, 10, 11, 12. */
function places(text: string): readonly number[] {
  return text.split(',').flatMap((part) => {
    const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === '' || to < from || to - from > 10_000_000) {
      throw new InvalidArgumentError('Expected places such as 0,3,10-19.');
    }
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

function folderSplit(
  text: string,
  before: readonly { readonly folder: string; readonly split: SetSplit }[] = [],
): readonly { readonly folder: string; readonly split: SetSplit }[] {
  const at = text.lastIndexOf('=');
  const split = setSplits.find((each) => each === text.slice(at + 1));
  if (at < 0 || split === undefined) {
    throw new InvalidArgumentError(`Expected FOLDER=SPLIT, SPLIT one of ${setSplits.join(', ')}.`);
  }
  return [...before, { folder: text.slice(0, at), split }];
}
