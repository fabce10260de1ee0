import * as v from 'valibot';

/** The page's port carries calls; this second channel of Electron's IPC is the preload's own. */
export const FILES_CHANNEL = 'studio-files';

/** The most bytes of a file that crosses as a whole, because it lies nowhere: drawn, pasted, dragged out of another page. */
export const MOST_LOOSE_BYTES = 2 ** 28;

export const PathSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(4_096));

/** One file or folder as a desktop window's preload hands it over. */
export const GivenFileSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('path'), path: PathSchema }),
  v.strictObject({
    kind: v.literal('bytes'),
    /** Below what was dropped. */
    path: PathSchema,
    bytes: v.pipe(
      v.instance(Uint8Array, 'must be a Uint8Array'),
      v.check(({ length }) => length <= MOST_LOOSE_BYTES, 'must hold at most 256 MiB'),
    ),
  }),
]);
export type GivenFile = v.InferOutput<typeof GivenFileSchema>;

/** What a window has handed over: files and folders that calls may name until they are released. */
export interface Staged {
  readonly staged: string;
  /** A folder that was handed over as it is counts as one. */
  readonly files: number;
  readonly bytes: number;
}

/** What is asked here of a page's `File`. */
export interface PageFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A file a person dropped, chose or pasted; `path` is where it lay below what was dropped ("cats/1.png"). */
export interface HandedFile {
  readonly file: PageFile;
  readonly path: string;
}
