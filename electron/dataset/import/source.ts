import type { SkippedFile } from '../../contract/images.ts';
import type { Picture } from '../picture/picture.ts';

/** One picture before it is decoded, in the order in which it was found. */
export interface SourceItem {
  /** As the person knows it: the path below what was given, or the array and the row. */
  readonly name: string;
  /** Absent where nothing says. */
  readonly label?: string;
  readonly split?: 'training' | 'test';
  readonly content:
    /** An encoded file. */
    | { readonly kind: 'file'; readonly read: () => Promise<Uint8Array> }
    /** A row of an array, decoded already; its pixels are the item's own. */
    | { readonly kind: 'picture'; readonly picture: Picture };
}

/** Pictures from one place: a folder's files, an archive, an array. */
export interface Source {
  /** What it promises, known before any picture is read. */
  readonly count: number;
  /** Known beforehand for arrays only. */
  readonly shape?: { readonly width: number; readonly height: number; readonly channels: 1 | 3 };
  /** Of each label, where it is known without reading. */
  readonly labelCounts?: ReadonlyMap<string, number>;
  /** The splits that its items name; `undefined` stands for those that name none. */
  readonly splits: ReadonlySet<SourceItem['split']>;
  readonly skipped: readonly SkippedFile[];
  items(): AsyncIterable<SourceItem> | Iterable<SourceItem>;
  close(): Promise<void>;
}
