import type { ImportOptions } from '../../contract/import-options.ts';
import { ImageSetFolder, type ImageSetIndex } from '../../files/image-set-folder.ts';
import { addImage } from '../change/change-set.ts';
import { openContents, type SetContents } from '../change/set-contents.ts';
import { UNSORTED } from './labels.ts';
import { digestOf } from './read-item.ts';
import type { SetWriter } from './set-writer.ts';

/** Notes what a picture holds, so that it is known when it comes again. */
export interface SeenBefore {
  note(name: string, digest: string): void;
}

/** Sources that a set names, at most. */
const MOST_SOURCES = 200;

/** The set that pictures are added to: how it was made, and its images. */
export class SetBefore {
  private readonly id: string;
  private readonly index: ImageSetIndex;
  private readonly contents: SetContents;

  private constructor(id: string, index: ImageSetIndex, contents: SetContents) {
    this.id = id;
    this.index = index;
    this.contents = contents;
  }

  /** @throws StudioError `not-found` or `bad-file`, naming the file */
  static async open(folder: string, id: string): Promise<SetBefore> {
    return new SetBefore(id, await new ImageSetFolder(folder).readIndex(), await openContents(folder));
  }

  get count(): number {
    return this.contents.images.length;
  }

  get inverted(): boolean {
    return this.index.inverted;
  }

  get labelled(): boolean {
    return this.index.labelNames.length > 0;
  }

  /** How new pictures are made images: as those of the set were, whatever else was proposed for them; read as they themselves need. */
  optionsFor(proposed: ImportOptions): ImportOptions {
    const { options, name, shape, trainingCount, testCount, inverted } = this.index;
    const { fit, background, centre } = options;
    const every = Math.round((trainingCount + testCount) / testCount);
    const usual =
      options.test.kind === 'every'
        ? options.test
        : ({ kind: 'every', n: Math.min(1_000, Math.max(2, every)) } as const);
    return {
      ...proposed,
      name,
      height: shape[0],
      width: shape[1],
      channels: shape[2],
      fit,
      background,
      centre,
      ...(options.tiles === undefined ? {} : { tiles: options.tiles }),
      invert: inverted ? 'on' : 'off',
      duplicates: options.duplicates,
      test: proposed.test.kind === 'folders' ? proposed.test : usual,
    };
  }

  /** @param labelled whether what is to come has labels: then the images of the set need one too */
  async addTo(writer: SetWriter, seen: SeenBefore, labelled: boolean): Promise<void> {
    const fallback = labelled || this.labelled ? { label: UNSORTED } : {};
    for (const image of this.contents.images) {
      seen.note(image.name, digestOf(this.contents.pixelsOf(image.place)));
      await addImage(writer, this.contents, { ...fallback, ...image });
    }
  }

  /** What the index of the next version keeps of this one's. */
  indexAfter(added: number, sources: readonly string[]): Partial<ImageSetIndex> {
    const { name, importedAt, notes, options, inverted, changes = [] } = this.index;
    const words = `${added.toLocaleString('en')} ${added === 1 ? 'image' : 'images'} added`;
    return {
      name,
      importedAt,
      options,
      inverted,
      sources: [...new Set([...this.index.sources, ...sources])].slice(0, MOST_SOURCES),
      follows: this.id,
      changes: [...changes, { at: new Date().toISOString(), words }],
      ...(notes === undefined ? {} : { notes }),
    };
  }

  close(): void {
    this.contents.close();
  }
}
