import { closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { StudioError } from '../../domain/errors.ts';
import { MOST_LABELS, type ImportOptions, type TestSplit } from '../../contract/import-options.ts';
import { componentsFor, spectrumSample } from '../spectrum.ts';
import { strewn } from '../fixed-order.ts';
import { naming, writeJson, writeWhole } from '../../files/atomic.ts';
import type { ImageSetFolder } from '../../files/image-set-folder.ts';
import { readWholeNow } from '../../files/read-fully.ts';
import { byName } from './labels.ts';
import type { SourceSplit } from './source.ts';
import type { GrowingFile, ImportSystem } from './system.ts';

/** Of the variance: what a proposed code is to keep. */
const KEPT_SHARE = 0.95;
/** Pixels gathered before they are written. */
const WRITE_BYTES = 4 * 2 ** 20;
/** A set of so many bytes is laid in its order in memory: a read for each small image takes as long as decoding some. */
const MOST_IN_MEMORY = 64 * 2 ** 20;

/** What `finish` has made of the images that were added. */
export interface WrittenSet {
  readonly trainingCount: number;
  /** The first training images are to be held out for validation; absent where none were named. */
  readonly validationCount?: number;
  readonly testCount: number;
  readonly maskCount: number;
  /** Principal components that keep 95 % of the variance of some of the training images. */
  readonly components95: number;
  readonly labelNames: readonly string[];
  readonly labelCounts: readonly number[];
}

/**
 * Fills the files of an image set: images are appended as they come, then laid in their final order, the training images
 * shuffled (a first few of them are held out for validation, and must not be all of one label).
 */
export class SetWriter {
  readonly names: string[] = [];
  private readonly folder: ImageSetFolder;
  private readonly shownPath: string;
  private readonly imageBytes: number;
  private readonly split: TestSplit;
  private readonly system: ImportSystem;
  private readonly rawPath: string;
  private raw: GrowingFile | undefined;
  private buffer = Buffer.alloc(0);
  private filled = 0;
  private readonly labelIds = new Map<string, number>();
  private readonly labels: number[] = [];
  private readonly splits: SourceSplit[] = [];
  private readonly masks = new Map<number, Uint8Array>();
  private readonly seenOfLabel: number[] = [];

  /** @param shownPath what errors call the folder, which is filled under another name. */
  constructor(
    folder: ImageSetFolder,
    shownPath: string,
    options: Pick<ImportOptions, 'width' | 'height' | 'channels' | 'test'>,
    system: ImportSystem,
  ) {
    this.folder = folder;
    this.shownPath = shownPath;
    this.imageBytes = options.width * options.height * options.channels;
    this.split = options.test;
    this.system = system;
    this.rawPath = join(folder.path, 'as-found.u8');
  }

  get count(): number {
    return this.names.length;
  }

  /**
   * @param about its split, where it is not for the rule to decide, and its mask
   * @throws StudioError `disk-full`, or `bad-file` at the 257th label.
   */
  async add(
    pixels: Uint8Array,
    name: string,
    label: string | undefined,
    { split, mask }: { readonly split?: SourceSplit | undefined; readonly mask?: Uint8Array } = {},
  ): Promise<void> {
    const id = this.labelId(label, name);
    const seen = this.seenOfLabel[id] ?? 0;
    this.seenOfLabel[id] = seen + 1;
    const { split: rule } = this;
    const byRule = rule.kind === 'every' && (seen + id) % rule.n === rule.n - 1 ? 'test' : 'training';
    this.splits.push(split ?? byRule);
    if (mask !== undefined) this.masks.set(this.count, mask);
    this.labels.push(id);
    this.names.push(name);
    if (this.buffer.length === 0) this.buffer = Buffer.alloc(Math.max(this.imageBytes, WRITE_BYTES));
    if (this.filled + pixels.length > this.buffer.length) await this.flush();
    this.buffer.set(pixels, this.filled);
    this.filled += pixels.length;
  }

  /** Closes what is open, whether it ended well or not. */
  async close(): Promise<void> {
    await this.raw?.close();
    this.raw = undefined;
  }

  /**
   * Writes the images, labels and names in their final order. At least two images must have been added.
   * @param kept so many of the first images stay in the order they were added in; the others are strewn among them
   */
  async finish(onProgress: (fraction: number) => void, stopIfAsked: () => void, kept = 0): Promise<WrittenSet> {
    await this.flush();
    await this.close();
    const { training, validation, test } = this.parts();
    // The first training images are the ones that are held out for validation.
    const placed = (part: readonly number[]): number[] =>
      strewn(
        part.filter((index) => index < kept),
        part.filter((index) => index >= kept),
      );
    const order = [...placed(validation), ...placed(training), ...test];
    await this.arrange(order, onProgress, stopIfAsked);
    await rm(this.rawPath);
    const labelNames = [...this.labelIds.keys()].sort(byName);
    const labelled = labelNames.length > 0;
    const numbers = new Map([...this.labelIds].map(([label, id]) => [id, labelNames.indexOf(label)]));
    const labels = Uint8Array.from(order, (index) => numbers.get(this.labels[index]!) ?? 0);
    if (labelled) await writeWhole(this.folder.labelsPath, labels);
    await writeWhole(this.folder.namesPath, order.map((index) => `${JSON.stringify(this.names[index])}\n`).join(''));
    const labelCounts = labelNames.map(() => 0);
    if (labelled) for (const label of labels) labelCounts[label]! += 1;
    const maskCount = await this.writeMasks(order);
    const trainingCount = validation.length + training.length;
    const validationCount = validation.length === 0 ? {} : { validationCount: validation.length };
    const components95 = this.componentsOf(validation.length, training.length);
    const counts = { trainingCount, testCount: test.length, maskCount, components95 };
    return { ...counts, labelNames, labelCounts, ...validationCount };
  }

  /** Of the first training images: they lie there in no order. */
  private componentsOf(first: number, trainingCount: number): number {
    const count = spectrumSample(trainingCount, this.imageBytes);
    const pixels = new Uint8Array(count * this.imageBytes);
    const file = openSync(this.folder.imagesPath, 'r');
    try {
      readWholeNow(file, this.folder.imagesPath, pixels, first * this.imageBytes);
    } finally {
      closeSync(file);
    }
    return componentsFor(KEPT_SHARE, pixels, count);
  }

  /** The masks in the order of their images, and those images' places. */
  private async writeMasks(order: readonly number[]): Promise<number> {
    const places = order.flatMap((index, place) => (this.masks.has(index) ? [place] : []));
    if (places.length === 0) return 0;
    await writeWhole(
      this.folder.masksPath,
      places.map((place) => this.masks.get(order[place]!)!),
    );
    await writeJson(this.folder.maskPlacesPath, places);
    return places.length;
  }

  private labelId(label: string | undefined, name: string): number {
    if (label === undefined) return 0;
    const known = this.labelIds.get(label);
    if (known !== undefined) return known;
    const id = this.labelIds.size;
    if (id === MOST_LABELS) {
      throw new StudioError(
        'bad-file',
        `${name}: expected at most ${MOST_LABELS} labels, found one more ("${label}"). Import without labels, or join some folders.`,
      );
    }
    this.labelIds.set(label, id);
    return id;
  }

  /** Indices of the images in each split; neither training nor test is empty. */
  private parts(): Record<SourceSplit, number[]> {
    const parts: Record<SourceSplit, number[]> = { training: [], validation: [], test: [] };
    this.splits.forEach((split, index) => parts[split].push(index));
    const { training, validation, test } = parts;
    if (training.length === 0) training.push(...validation.splice(0));
    if (test.length === 0) test.push(training.pop()!);
    if (training.length === 0) training.push(test.shift()!);
    return parts;
  }

  private async flush(): Promise<void> {
    if (this.filled === 0) return;
    const bytes = this.buffer.subarray(0, this.filled);
    await naming(this.shownPath, async () => {
      this.raw ??= await this.system.create(this.rawPath);
      await this.raw.write(bytes);
    });
    this.filled = 0;
  }

  private async arrange(
    order: readonly number[],
    onProgress: (fraction: number) => void,
    stopIfAsked: () => void,
  ): Promise<void> {
    const size = this.imageBytes;
    const atOnce = Math.max(1, Math.floor(WRITE_BYTES / size));
    const source = openSync(this.rawPath, 'r');
    try {
      const bytes = this.count * size;
      const whole = bytes > MOST_IN_MEMORY ? undefined : Buffer.alloc(bytes);
      if (whole !== undefined) readWholeNow(source, this.rawPath, whole, 0);
      const copy = (index: number, into: Buffer): void => {
        if (whole === undefined) readWholeNow(source, this.rawPath, into, index * size);
        else into.set(whole.subarray(index * size, (index + 1) * size));
      };
      await naming(this.shownPath, async () => {
        const target = await this.system.create(this.folder.imagesPath);
        try {
          for (let first = 0; first < order.length; first += atOnce) {
            stopIfAsked();
            const part = order.slice(first, first + atOnce);
            const pixels = Buffer.alloc(part.length * size);
            part.forEach((index, row) => copy(index, pixels.subarray(row * size, (row + 1) * size)));
            await target.write(pixels);
            onProgress((first + part.length) / order.length);
            await setImmediate();
          }
          await target.datasync();
        } finally {
          await target.close();
        }
      });
    } finally {
      closeSync(source);
    }
  }
}
