import type { AnnotationLook } from '../../contract/import-plan.ts';
import { classNamesIn, classesOfYolo, isYolo, type ClassNames } from './yolo.ts';
import type { ListedFile } from './listed-file.ts';
import { stopIfAsked } from './listing.ts';

type Kind = AnnotationLook['kind'];

/** What a file of annotations says: the classes of the objects on pictures. */
interface Annotated {
  readonly kind: Kind;
  readonly pictures: readonly { readonly picture: ListedFile; readonly classes: readonly string[] }[];
}

export interface Annotations {
  readonly look: AnnotationLook;
  /** Of pictures that show one class, by their names; empty where none are taken. */
  readonly labels: ReadonlyMap<string, string>;
  /** The files that were understood. */
  readonly files: ReadonlySet<ListedFile>;
}

/** Of a text on one picture, and of one on all of them. */
const MOST_TEXT_BYTES = 2 ** 20;
const MOST_JSON_BYTES = 2 ** 26;
/** JSON files on many pictures are few; of more only those that are called like a picture are read. */
const MOST_JSON = 64;
/** Of the pictures that show anything this share must show one class, else classes are no labels. */
const LEAST_SINGLE = 0.9;

/**
 * Reads what tools for object detection write beside pictures: COCO and labelme (JSON), Pascal VOC (XML), YOLO (text). Where all but
 * few pictures show objects of one class alone, that class is the picture's label.
 * @param files beside the pictures; what cannot be read as annotations is none
 */
export async function annotationsIn(
  files: readonly ListedFile[],
  pictures: readonly ListedFile[],
  signal: AbortSignal | undefined,
): Promise<Annotations | undefined> {
  const names = new PicturesByName(pictures);
  const isAsked = files.some(({ name }) => /\.txt$/i.test(name) && names.beside(name) !== undefined);
  const classNames = isAsked ? await classNamesIn(files) : { names: [] };
  const read = readerFor(files, names, classNames);
  const found = new Map<Kind, { readonly file: ListedFile; readonly annotated: Annotated }[]>();
  for (const file of files) {
    stopIfAsked(signal);
    const annotated = await read(file);
    if (annotated === undefined || annotated.pictures.length === 0) continue;
    const known = found.get(annotated.kind);
    if (known === undefined) found.set(annotated.kind, [{ file, annotated }]);
    else known.push({ file, annotated });
  }
  const [most] = [...found].sort(([, a], [, b]) => b.length - a.length);
  if (most === undefined) return undefined;
  const [kind, all] = most;
  return together(kind, all, kind === 'YOLO' ? classNames.file : undefined);
}

function together(
  kind: Kind,
  all: readonly { readonly file: ListedFile; readonly annotated: Annotated }[],
  named: ListedFile | undefined,
): Annotations {
  const classes = new Map<string, Set<string>>();
  for (const { picture, classes: shown } of all.flatMap(({ annotated }) => annotated.pictures)) {
    const known = classes.get(picture.name) ?? new Set();
    for (const one of shown) known.add(one);
    classes.set(picture.name, known);
  }
  const single = [...classes].flatMap(([name, [first, second]]) =>
    first === undefined || second !== undefined ? [] : [[name, first] as const],
  );
  const several = [...classes.values()].filter(({ size }) => size > 1).length;
  const taken = single.length > 0 && single.length >= (single.length + several) * LEAST_SINGLE;
  return {
    look: { kind, files: all.length, single: single.length, several, taken },
    labels: new Map(taken ? single : []),
    files: new Set([...all.map(({ file }) => file), ...(named === undefined ? [] : [named])]),
  };
}

type Read = (file: ListedFile) => Promise<Annotated | undefined>;

function readerFor(files: readonly ListedFile[], names: PicturesByName, classNames: ClassNames): Read {
  const many = files.filter(({ name }) => /\.json$/i.test(name)).length > MOST_JSON;
  return async (file) => {
    const beside = names.beside(file.name);
    const ending = /\.[^./]+$/.exec(file.name)?.[0].toLowerCase();
    if (ending === '.json' && (!many || beside !== undefined)) return ofJson(file, names);
    if (beside === undefined || (ending !== '.xml' && ending !== '.txt')) return undefined;
    const text = await textOf(file, MOST_TEXT_BYTES);
    if (text === undefined) return undefined;
    if (ending === '.xml') return ofVoc(file, text, names);
    if (!isYolo(text)) return undefined;
    return { kind: 'YOLO', pictures: [{ picture: beside, classes: classesOfYolo(text, classNames.names) }] };
  };
}

/** Undefined where it cannot be read or is longer: it is no annotation then. */
async function textOf(file: ListedFile, most: number): Promise<string | undefined> {
  try {
    return (await file.size()) > most ? undefined : (await file.read()).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Pascal VOC (Everingham et al. 2010): an `object` with its `name` for each thing that is seen; parts of it have names too. */
function ofVoc(file: ListedFile, text: string, names: PicturesByName): Annotated | undefined {
  if (!/<annotation[\s>]/.test(text)) return undefined;
  const nameIn = (xml: string, tag: string): string | undefined =>
    plainText(new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? '') || undefined;
  const [head = '', ...objects] = text.split(/<object[\s>]/);
  // Many name a file elsewhere, or of another ending: their own name is what is left.
  const picture = names.called(nameIn(head, 'filename') ?? '', file.name) ?? names.beside(file.name);
  return (
    picture && {
      kind: 'Pascal VOC',
      pictures: [{ picture, classes: objects.flatMap((xml) => nameIn(xml, 'name') ?? []) }],
    }
  );
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const plainText = (xml: string): string =>
  xml.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name]!).trim();

async function ofJson(file: ListedFile, names: PicturesByName): Promise<Annotated | undefined> {
  const text = await textOf(file, MOST_JSON_BYTES);
  const value = text === undefined ? undefined : parsed(text);
  if (!isRecord(value)) return undefined;
  return ofCoco(value, file, names) ?? ofLabelme(value, file, names);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const recordsIn = (value: unknown): Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

/** COCO (Lin et al. 2014): images, annotations and categories that point to each other by their ids. */
function ofCoco(
  { images, annotations, categories }: Readonly<Record<string, unknown>>,
  file: ListedFile,
  names: PicturesByName,
): Annotated | undefined {
  if (!Array.isArray(images) || !Array.isArray(annotations) || !Array.isArray(categories)) return undefined;
  const called = new Map(recordsIn(categories).map(({ id, name }) => [id, name]));
  const shown = new Map<unknown, string[]>();
  for (const { image_id, category_id } of recordsIn(annotations)) {
    const name = called.get(category_id);
    if (typeof name !== 'string') continue;
    const known = shown.get(image_id);
    if (known === undefined) shown.set(image_id, [name]);
    else known.push(name);
  }
  const pictures = recordsIn(images).flatMap(({ id, file_name }) => {
    const picture = typeof file_name === 'string' ? names.called(file_name, file.name) : undefined;
    return picture === undefined ? [] : [{ picture, classes: shown.get(id) ?? [] }];
  });
  return { kind: 'COCO', pictures };
}

/** labelme (Wada): one file a picture, a shape with its label for each thing that is seen. */
function ofLabelme(
  { shapes, imagePath }: Readonly<Record<string, unknown>>,
  file: ListedFile,
  names: PicturesByName,
): Annotated | undefined {
  if (!Array.isArray(shapes)) return undefined;
  const picture =
    (typeof imagePath === 'string' ? names.called(imagePath, file.name) : undefined) ?? names.beside(file.name);
  const classes = recordsIn(shapes).flatMap(({ label }) => (typeof label === 'string' ? label : []));
  return picture && { kind: 'labelme', pictures: [{ picture, classes }] };
}

const partsOf = (path: string): string[] => path.replaceAll('\\', '/').normalize('NFC').split('/');
const stemOf = (base: string): string => base.replace(/\.[^.]*$/, '');

/** Pictures by their file names, with ending and without. */
class PicturesByName {
  private readonly names = new Map<string, ListedFile[]>();

  constructor(pictures: readonly ListedFile[]) {
    for (const picture of pictures) {
      const base = partsOf(picture.name).at(-1)!;
      for (const key of new Set([base, stemOf(base)])) {
        const known = this.names.get(key);
        if (known === undefined) this.names.set(key, [picture]);
        else known.push(picture);
      }
    }
  }

  /** The picture that a file lies beside, or in folders that answer its own: images/train/1.jpg of labels/train/1.txt. */
  beside(name: string): ListedFile | undefined {
    const parts = partsOf(name);
    return this.nearest(stemOf(parts.at(-1)!), parts.slice(0, -1));
  }

  /** The picture that a file calls by this name or path. */
  called(path: string, by: string): ListedFile | undefined {
    const parts = partsOf(path);
    return this.nearest(parts.at(-1)!, [...partsOf(by).slice(0, -1), ...parts.slice(0, -1)]);
  }

  /** Of several that are called so the one that shares most folders; none where two do. */
  private nearest(key: string, folders: readonly string[]): ListedFile | undefined {
    const found = key === '' ? [] : (this.names.get(key) ?? []);
    if (found.length < 2) return found[0];
    const wanted = new Set(folders);
    const shared = found.map(({ name }) => partsOf(name).filter((part) => wanted.has(part)).length);
    const most = Math.max(...shared);
    return shared.filter((count) => count === most).length > 1 ? undefined : found[shared.indexOf(most)];
  }
}
