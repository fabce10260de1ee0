import type { StudioApi } from '../../electron/contract/contract.ts';
import { toErrorData, type Result } from '../../electron/domain/errors.ts';
import type { HandedFile } from '../../electron/contract/files.ts';
import { MOST_PICTURE_BYTES, MOST_PICTURES, type ImageSource } from '../../electron/contract/models.ts';

export interface EncodedPicture {
  readonly name: string;
  /** PNG, JPEG, ... */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a person handed over at once: a few pictures as bytes, or files and folders that the host knows by an id. */
export type PictureSource =
  | { readonly kind: 'pictures'; readonly pictures: readonly EncodedPicture[] }
  | { readonly kind: 'staged'; readonly staged: string; readonly files: number };

/** The first page is short, so that the first pictures are there at once. */
const FIRST_PAGE = 16;

/** Of what these files' names end with, a few cross as bytes; anything else the host takes apart. */
const picture = /\.(png|jpe?g|webp|gif|tiff?|avif|bmp|svg)$/i;

/** Reads a few pictures, stages what is more; `onProgress` tells the share uploaded, 0-1. */
export async function sourceOf(
  api: StudioApi,
  files: readonly HandedFile[],
  onProgress?: (fraction: number) => void,
): Promise<Result<PictureSource>> {
  const few = fewPictures(files) ? await readAll(files) : undefined;
  if (few) return { ok: true, value: { kind: 'pictures', pictures: few } };
  try {
    const staged = await api.stage(files, onProgress);
    if (!staged.ok) return staged;
    return { ok: true, value: { kind: 'staged', staged: staged.value.staged, files: staged.value.files } };
  } catch (error) {
    return { ok: false, error: toErrorData(error) };
  }
}

function fewPictures(files: readonly HandedFile[]): boolean {
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  return (
    files.length <= MOST_PICTURES && bytes <= MOST_PICTURE_BYTES && files.every(({ file }) => picture.test(file.name))
  );
}

/** Nothing when one cannot be read here, as a folder cannot: the host then says what is wrong with it. */
async function readAll(files: readonly HandedFile[]): Promise<readonly EncodedPicture[] | undefined> {
  try {
    return await Promise.all(
      files.map(async ({ file, path }) => ({ name: path, bytes: new Uint8Array(await file.arrayBuffer()) })),
    );
  } catch {
    return undefined;
  }
}

/** Where each page of a source begins. */
export function pageStarts(total: number): number[] {
  const starts = [0];
  for (let first = FIRST_PAGE; first < total; first += MOST_PICTURES) starts.push(first);
  return starts;
}

/** The part of a source that one call asks for. */
export function pageOf(source: PictureSource, first: number): ImageSource {
  const count = first === 0 ? FIRST_PAGE : MOST_PICTURES;
  if (source.kind === 'staged') return { kind: 'staged', staged: source.staged, first, count };
  return { kind: 'pictures', pictures: source.pictures.slice(first, first + count).map((one) => ({ ...one })) };
}

export const promisedBy = (source: PictureSource): number =>
  source.kind === 'staged' ? source.files : source.pictures.length;
