import type { NumberRange } from '../../contract/import-options.ts';
import type {
  AnnotationLook,
  DarkLook,
  FolderLook,
  NumberKindLook,
  OtherFiles,
  SkippedFile,
  TablesLook,
} from '../../contract/import-plan.ts';
import type { NumberPicture } from '../picture/number-picture.ts';
import type { NumberSurvey } from '../picture/number-survey.ts';

export type SourceSplit = 'training' | 'validation' | 'test';

/** One picture before it is decoded, in the order in which it was found. */
export interface SourceItem {
  /** As the person knows it: the path below what was given, or the array and the row. */
  readonly name: string;
  /** Absent where nothing says. */
  readonly label?: string;
  readonly split?: SourceSplit;
  /** The split was chosen by a person: no rule changes it. */
  readonly chosen?: boolean;
  /** Which of its pixels are marked: a picture of the same proportions, where it has one. */
  readonly mask?: EncodedFile;
  /** What becomes black and what white, where nothing else is asked for. */
  readonly range?: NumberRange;
  readonly content:
    /** An encoded file, and which of its pages. */
    | ({ readonly kind: 'file'; readonly page?: number } & Pick<EncodedFile, 'read' | 'size' | 'head' | 'tail'>)
    /** A row of an array or table; its values are the item's own. */
    | { readonly kind: 'numbers'; readonly numbers: NumberPicture };
}

export interface EncodedFile {
  readonly name: string;
  readonly read: () => Promise<Uint8Array>;
  /** In bytes, known without reading it. */
  readonly size?: () => Promise<number>;
  /** The first bytes. */
  readonly head?: (bytes: number) => Promise<Uint8Array>;
  /** The last bytes, where they can be had without reading much. */
  readonly tail?: (bytes: number) => Promise<Uint8Array>;
}

/** A picture that was promised and cannot be read, and the label that it would have had. */
export type UnreadFile = SkippedFile & Pick<SourceItem, 'label'>;

/** Pictures from one place: files, an array, a table. */
export interface Source {
  /** What it promises, known before any picture is read. */
  readonly count: number;
  /** Known beforehand for arrays and tables only. */
  readonly shape?: { readonly width: number; readonly height: number; readonly channels: 1 | 3 };
  /** Of each label, where it is known without reading. */
  readonly labelCounts?: ReadonlyMap<string, number>;
  /** The splits that its items name; `undefined` stands for those that name none. */
  readonly splits: ReadonlySet<SourceItem['split']>;
  readonly skipped: readonly SkippedFile[];
  /** Of what was read in a way that a person may not expect. */
  readonly notes?: readonly SkippedFile[];
  readonly others?: OtherFiles;
  readonly masks?: number;
  readonly annotations?: AnnotationLook;
  readonly folders?: readonly FolderLook[];
  /** Of what is not 0 to 255 by its kind. */
  readonly numbers?: NumberSurvey;
  /** Where its numbers are of several kinds, each scaled by itself: its items then have ranges of their own. */
  readonly numberKinds?: readonly NumberKindLook[];
  /** Where its numbers share one scale with those of other sources: the largest number of each picture, array by array. */
  readonly brightest?: readonly ArrayLike<number>[];
  readonly dark?: DarkLook;
  readonly table?: TablesLook;
  readonly bands?: number;
  readonly order?: 'interleaved' | 'planar';
  readonly labelColumns?: number;
  /** How labels were told where the files do not say which they are. */
  readonly labelGuess?: string;
  items(): AsyncIterable<SourceItem> | Iterable<SourceItem>;
  close(): Promise<void>;
}
