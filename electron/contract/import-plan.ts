import type { ImageColumns, ImageSetSummary } from '../domain/words.ts';
import type { ColumnRole, FolderSplit, ImportOptions, NumberRange } from './import-options.ts';

/** What stands in files before anything is written: what a drop would do. */
export interface ImportPlan {
  /** Pictures found, or promised by the headers of arrays. */
  readonly count: number;
  /** The labels in the order of their numbers; empty without labels. */
  readonly labels: readonly { readonly name: string; readonly count: number }[];
  /** Chosen from a sample of the files. */
  readonly options: ImportOptions;
  /** Whether `auto` inverts. */
  readonly autoInverts: boolean;
  /** Files that are left out already, each with its reason. */
  readonly skipped: readonly SkippedFile[];
  /** Pictures of the same content as others, where that could be told: a folder of very many is not read for it. */
  readonly duplicates?: number;
  /** Of the pictures that were looked at, those that cannot be read; an import leaves them out. */
  readonly unreadable: readonly SkippedFile[];
  /**
   * Of all files of pictures those that were decoded, and beside them those that are seen to begin and end as they should; absent where
   * all were decoded, and for arrays.
   */
  readonly decoded?: { readonly count: number; readonly whole: number; readonly of: number };
  /** Files that are no pictures and are not called so. */
  readonly others: OtherFiles;
  /** Of most pictures that were looked at, in pixels; absent for arrays and tables. */
  readonly pictureSize?: { readonly width: number; readonly height: number };
  /** Masks that go with pictures; they are no pictures of the set. */
  readonly masks: number;
  readonly annotations?: AnnotationLook;
  /** Folders in which pictures lie, by what becomes of them; empty where one holds all. */
  readonly folders: readonly FolderLook[];
  /** Of numbers that are not 0 to 255 by their kind; `options.range` says what becomes of them. */
  readonly numbers?: NumberLook;
  /** Where these are of several kinds: `options.range` is left out, and each kind is scaled by itself. */
  readonly numberKinds?: readonly NumberKindLook[];
  /** Of these those that come out dark, all on one scale with much brighter ones. */
  readonly dark?: DarkLook;
  readonly table?: TablesLook;
  /** Bands of pictures that have more than colour and transparency. */
  readonly bands?: number;
  /** How rows that hold colours are read: as the data suggest, or as was asked. */
  readonly order?: 'interleaved' | 'planar';
  /** Columns of labels that have several. */
  readonly labelColumns?: number;
  /** How labels were told where the files do not say which they are: "Labels are the names of …". */
  readonly labelGuess?: string;
}

/** Files that were left out because they are no pictures, by the ends of their names, the most frequent first. */
export interface OtherFiles {
  readonly count: number;
  readonly endings: readonly { readonly ending: string; readonly count: number }[];
}

/** Files beside the pictures that say which objects these show, as tools for object detection write them. */
export interface AnnotationLook {
  readonly kind: 'COCO' | 'labelme' | 'Pascal VOC' | 'YOLO';
  readonly files: number;
  /** Pictures that show objects of one class. */
  readonly single: number;
  /** Pictures that show objects of several classes, and so have no label. */
  readonly several: number;
  /** Whether the classes are labels: not where many pictures show several. */
  readonly taken: boolean;
}

export interface FolderLook {
  /** "train/cats"; empty for what lies beside the folders. */
  readonly folder: string;
  readonly count: number;
  /** Absent where the rule for test images decides. */
  readonly split?: FolderSplit;
}

/** What numbers were found, and why they are scaled as they are. */
export interface NumberLook {
  readonly least: number;
  readonly most: number;
  /** "whole numbers of 0 to 16". */
  readonly words: string;
}

/** Of the pictures that were looked at those whose brightest number, `most` at most, lies near black, and the scale that they share. */
export interface DarkLook extends NumberRange {
  readonly count: number;
  readonly of: number;
  readonly most: number;
}

/** Numbers of one kind, such as 16 bits, and what becomes of them. */
export interface NumberKindLook {
  /** "16 bits, whole numbers of 0 to 4,000". */
  readonly words: string;
  readonly range: NumberRange;
}

/** The columns of the CSV files: of the one that says most, and of those that are made otherwise. */
export interface TablesLook extends TableLook {
  readonly files: number;
  /** One of each other kind. */
  readonly others: readonly TableLook[];
}

/** The columns of a CSV file, in runs of one role. */
export interface TableLook {
  readonly file: string;
  /** Numbers of the first rows are written with a comma before their fraction, and read so. */
  readonly decimalComma?: true;
  readonly header: boolean;
  readonly columns: readonly {
    readonly from: number;
    readonly to: number;
    readonly role: ColumnRole;
    /** "pixel0 … pixel783", or "column 1" without a header. */
    readonly name: string;
    /** The first fields of the run's first column. */
    readonly examples: readonly string[];
  }[];
}

export type PreviewImage = { readonly name: string; readonly label?: string } & (
  | {
      readonly kind: 'image';
      readonly image: ImageColumns;
      /** The picture as it was found, RGB, its longer side at most 64 pixels. */
      readonly before: ImageColumns;
    }
  | { readonly kind: 'problem'; readonly message: string }
);

export interface SkippedFile {
  readonly name: string;
  /** What was expected and what was found. */
  readonly reason: string;
}

export type ImportProgress =
  | { readonly kind: 'listing'; readonly found: number }
  | {
      readonly kind: 'reading';
      /** 0-1. */
      readonly fraction: number;
      readonly done: number;
      readonly total: number;
      readonly imagesPerSecond: number;
      readonly secondsLeft: number;
    }
  | { readonly kind: 'arranging'; readonly fraction: number };

export interface ImportReport {
  readonly set: ImageSetSummary;
  readonly folder: string;
  readonly imported: number;
  readonly skipped: readonly SkippedFile[];
  readonly others: OtherFiles;
  readonly masks: number;
  readonly annotations?: AnnotationLook;
  /** Pictures of the same content, and the name of the first; left out or kept, as the options say. */
  readonly duplicates: readonly { readonly name: string; readonly of: string; readonly kept: boolean }[];
  /** What was done that a person may not expect, such as taking an animation's first frame. */
  readonly notes: readonly SkippedFile[];
  readonly inverted: boolean;
  readonly seconds: number;
}
