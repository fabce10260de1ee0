import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import * as v from 'valibot';
import { IdSchema } from '../domain/ids.ts';
import type { SplitName } from '../contract/models.ts';
import type { ImageColumns } from '../domain/words.ts';
import type { ImageSet } from '../dataset/image-set.ts';
import { readStoredSet } from '../dataset/stored-set.ts';
import { isImageSetFolder } from '../files/image-set-folder.ts';
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
  const set = await setNamed(session, given);
  return set === undefined ? encodeFiles(session, given) : encodeSet(session, set, split, forTable);
}

/** The image set that one argument names; a file or folder that is there comes before a set of that id. */
async function setNamed({ imageSets }: ModelSession, given: readonly string[]): Promise<ImageSet | undefined> {
  const [named = ''] = given;
  if (given.length > 1) return undefined;
  const folder = resolve(named);
  if (await isImageSetFolder(folder)) return readStoredSet(folder, basename(folder));
  return existsSync(folder) || !v.is(IdSchema, named) ? undefined : imageSets.get(named);
}

async function encodeSet(
  { models, place, imageSets, library }: ModelSession,
  set: ImageSet,
  split: SplitName,
  forTable: boolean,
): Promise<EncodedImages> {
  const { images, labels } = set[split];
  const { codes, squaredErrors } = await models.use(place, async (model) => ({
    codes: await model.encode(images),
    squaredErrors: forTable ? await model.squaredErrorsOf(images) : new Float32Array(0),
  }));
  const inLibrary = forTable && (await imageSets.get(set.id).catch(() => undefined)) === set;
  const names: string[] = [];
  for (let first = 0; first < images.count; first += NAMES_AT_ONCE) {
    const count = Math.min(NAMES_AT_ONCE, images.count - first);
    const indices = Uint32Array.from({ length: count }, (_, index) => first + index);
    const found = inLibrary
      ? await library.handlers['image-set:pick']({ imageSet: set.id, split, indices })
      : { names: Array.from(indices, (index) => `${split} ${index}`) };
    names.push(...found.names);
  }
  const labelTexts = labels === undefined ? [] : Array.from(labels, (label) => set.labelNames[label] ?? String(label));
  return { images, names, labels: labelTexts, codes, squaredErrors };
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
