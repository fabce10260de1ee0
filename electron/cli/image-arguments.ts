import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import * as v from 'valibot';
import { IdSchema } from '../domain/ids.ts';
import type { SplitName } from '../contract/models.ts';
import type { ImageColumns } from '../domain/words.ts';
import type { ImageSet } from '../dataset/image-set.ts';
import { readStoredSet } from '../dataset/stored-set.ts';
import { ImageNames } from '../files/image-names.ts';
import { ImageSetFolder, isImageSetFolder } from '../files/image-set-folder.ts';
import { existing } from './model-options.ts';
import type { ModelSession } from './model-session.ts';
import { tellProblems } from './output.ts';

export interface EncodedImages {
  /** As the model takes them. */
  readonly images: ImageColumns;
  readonly names: readonly string[];
  /** Empty without labels. */
  readonly labels: readonly string[];
  /** float32 [names × code size] */
  readonly codes: Float32Array;
  /** Of each image's reconstruction; of an image set's, only for a table. */
  readonly squaredErrors: Float32Array;
}

/** Names that are asked for at once. */
const NAMES_AT_ONCE = 1_000;

/**
 * The images that a command's arguments name, an image set or pictures, and their codes.
 * @param forTable whether what an image set's images are called and how well they are reconstructed matters
 * @throws StudioError `not-found`; `bad-file` where none can be read, `bad-request` where they are of another shape
 */
export async function readImages(
  session: ModelSession,
  given: readonly string[],
  split: SplitName,
  forTable: boolean,
): Promise<EncodedImages> {
  const named = await setNamed(session, given);
  return named === undefined ? encodeFiles(session, given) : encodeSet(session, named, split, forTable);
}

interface NamedSet {
  readonly set: ImageSet;
  /** Where it lies, if not among the app's own. */
  readonly folder?: ImageSetFolder;
}

/** The image set that one argument names; a file or folder that is there comes before a set of that id. */
async function setNamed({ imageSets }: ModelSession, given: readonly string[]): Promise<NamedSet | undefined> {
  const [named = ''] = given;
  if (given.length > 1) return undefined;
  const path = resolve(named);
  if (await isImageSetFolder(path)) {
    return { set: await readStoredSet(path, basename(path)), folder: new ImageSetFolder(path) };
  }
  return existsSync(path) || !v.is(IdSchema, named) ? undefined : { set: await imageSets.get(named) };
}

async function encodeSet(
  { models, place, library }: ModelSession,
  { set, folder }: NamedSet,
  split: SplitName,
  forTable: boolean,
): Promise<EncodedImages> {
  const { images, labels } = set[split];
  const { codes, squaredErrors } = await models.use(place, async (model) => ({
    codes: await model.encode(images),
    squaredErrors: forTable ? await model.squaredErrorsOf(images) : new Float32Array(0),
  }));
  const names = folder === undefined ? await libraryNames(library, set, split) : await folderNames(folder, set, split);
  const labelTexts = labels === undefined ? [] : Array.from(labels, (label) => set.labelNames[label] ?? String(label));
  return { images, names, labels: labelTexts, codes, squaredErrors };
}

async function libraryNames(library: ModelSession['library'], set: ImageSet, split: SplitName): Promise<string[]> {
  const { count } = set[split].images;
  const names: string[] = [];
  for (let first = 0; first < count; first += NAMES_AT_ONCE) {
    const indices = Uint32Array.from({ length: Math.min(NAMES_AT_ONCE, count - first) }, (_, index) => first + index);
    const picked = await library.handlers['image-set:pick']({ imageSet: set.id, split, indices });
    names.push(...picked.names);
  }
  return names;
}

/** What the files of an image set's own folder were called; the place in the split where that is not known. */
async function folderNames({ namesPath }: ImageSetFolder, set: ImageSet, split: SplitName): Promise<string[]> {
  const before = split === 'training' ? 0 : set.training.images.count;
  const places = Array.from({ length: set[split].images.count }, (_, index) => before + index);
  const names = await ImageNames.open(namesPath, set.training.images.count + set.test.images.count);
  const known = names?.at(places) ?? [];
  return places.map((_, index) => known[index] ?? `${split} ${index}`);
}

/** Codes of pictures; those that cannot be read are told on stderr. */
async function encodeFiles({ service, staged }: ModelSession, files: readonly string[]): Promise<EncodedImages> {
  const { THE_FILES, THE_MODEL } = await import('./model-session.ts');
  const { encodePictures } = await import('../engine-process/models/encoded-pictures.ts');
  staged.set(THE_FILES, existing(files));
  const { problems, ...encoded } = await encodePictures(service, THE_MODEL, THE_FILES);
  tellProblems(problems);
  return { ...encoded, labels: [] };
}
