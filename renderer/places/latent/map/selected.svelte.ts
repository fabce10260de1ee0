import { StudioError, toErrorData, unwrap, type ErrorData } from '../../../../electron/domain/errors.ts';
import type { ImageColumns } from '../../../../electron/domain/words.ts';
import type { Explorer } from '../explorer.svelte.ts';
import { LatestRequest, type RequestToken } from '../../../link/latest-request.svelte.ts';
import { meanCode } from '../../../maths/direction.ts';
import { npyFile } from '../../../files/npy.ts';
import { nearestImages, type NearestImages } from '../../../pictures/nearest-images.ts';
import { pickAll, type SplitOf } from '../../../pictures/picked-images.ts';
import { saveFile } from '../../../window/save-file.ts';
import {
  codesOfSelection,
  imagesZip,
  namesOf,
  selectionCsv,
  selectionParquet,
  type SelectionTable,
} from './selection-export.ts';

const NEIGHBOURS = 8;

interface MadeFile {
  /** Of its name. */
  readonly ending: string;
  readonly parts: readonly BlobPart[];
  readonly type: string;
}

export type ExportKind = 'csv' | 'parquet' | 'codes' | 'labels' | 'images';

/** What is computed of the selected images, and the files made of them. */
export class Selected {
  /** The mean of the images, values 0-255, and how many of them are in it yet. */
  mean = $state.raw<ImageColumns>();
  meanOf = $state(0);
  near = $state.raw<NearestImages>();
  problem = $state.raw<ErrorData>();
  /** 0-1 while a file is made. */
  exporting = $state<number>();
  readonly #looks = new LatestRequest();
  readonly #exports = new LatestRequest();
  readonly #explorer: Explorer;
  readonly #save: typeof saveFile;

  constructor(explorer: Explorer, save: typeof saveFile = saveFile) {
    this.#explorer = explorer;
    this.#save = save;
  }

  /** Looks at a selection; what is still on its way for an earlier one is dropped. */
  async look(selection: Uint32Array): Promise<void> {
    this.mean = undefined;
    this.meanOf = 0;
    this.near = undefined;
    this.problem = undefined;
    if (selection.length === 0) return this.#looks.cancel();
    await this.#looks.run(async (token) => {
      try {
        await Promise.all([this.#average(selection, token), this.#findNear(selection, token)]);
      } catch (error) {
        if (!token.isStale) this.problem = toErrorData(error);
      }
    });
  }

  /** Hands the selection over as a file. */
  async export(kind: ExportKind): Promise<void> {
    const { selection, model, split } = this.#explorer;
    const of = this.#of;
    if (!model || !of || this.exporting !== undefined) return;
    this.exporting = 0;
    this.problem = undefined;
    const name = `${model.runId}-${split}-${selection.length}`;
    await this.#exports.run(async (token) => {
      try {
        const file = await this.#make(kind, of, selection, token);
        if (token.isStale) return;
        this.#save(`${name}${file.ending}`, file.parts, file.type);
      } catch (error) {
        if (token.isStale) return;
        this.problem = toErrorData(error);
      }
      this.exporting = undefined;
    });
  }

  /** Ends an export that is under way: nothing is saved. */
  cancel(): void {
    this.#exports.cancel();
    this.exporting = undefined;
  }

  async #make(kind: ExportKind, of: SplitOf, selection: Uint32Array, token: RequestToken): Promise<MadeFile> {
    const { api } = this.#explorer;
    if (kind === 'images') {
      const tell = (share: number) => {
        if (!token.isStale) this.exporting = share;
      };
      const parts = await imagesZip(api, of, selection, tell, token.signal);
      return { ending: '-images.zip', parts, type: 'application/zip' };
    }
    const table = await this.#table(selection);
    if (kind === 'codes') {
      const file = npyFile(codesOfSelection(table), [selection.length, table.size]);
      return { ending: '-codes.npy', parts: [file], type: 'application/octet-stream' };
    }
    if (kind === 'labels') {
      const labels = Uint8Array.from(selection, (index) => table.labels[index]!);
      return { ending: '-labels.npy', parts: [npyFile(labels, [labels.length])], type: 'application/octet-stream' };
    }
    const names = await namesOf(api, of, selection);
    return kind === 'parquet'
      ? { ending: '.parquet', parts: [await selectionParquet(table, names)], type: 'application/vnd.apache.parquet' }
      : { ending: '.csv', parts: [selectionCsv(table, names)], type: 'text/csv' };
  }

  async #table(indices: Uint32Array): Promise<SelectionTable> {
    const { map, imageSet, count } = this.#explorer;
    if (!map) {
      const words = 'The images’ errors are still being computed. Take the table again when the map is whole.';
      throw new StudioError('busy', words);
    }
    const codes = await this.#explorer.codesOf();
    return {
      indices,
      labels: map.labels,
      labelNames: imageSet?.labelNames ?? [],
      squaredErrors: map.squaredErrors,
      codes,
      size: codes.length / Math.max(1, count),
    };
  }

  async #average(selection: Uint32Array, token: RequestToken): Promise<void> {
    const of = this.#of;
    if (!of) return;
    let sums: Float64Array | undefined;
    for await (const { first, images } of pickAll(this.#explorer.api, of, selection)) {
      if (token.isStale) return;
      const values = images.pixels.length / Math.max(1, images.count);
      sums ??= new Float64Array(values);
      for (let from = 0; from < images.pixels.length; from += values) {
        for (let at = 0; at < values; at++) sums[at]! += images.pixels[from + at]!;
      }
      const seen = first + images.count;
      const pixels = Uint8Array.from(sums, (sum) => Math.round(sum / seen));
      this.mean = { ...images, count: 1, pixels };
      this.meanOf = seen;
    }
  }

  async #findNear(selection: Uint32Array, token: RequestToken): Promise<void> {
    const { api, model, details, count } = this.#explorer;
    const codes = await this.#explorer.codesOf();
    const mean = meanCode(codes, codes.length / Math.max(1, count), selection);
    if (!mean || !model || !details || token.isStale) return;
    const { imageSet } = details;
    const asked = { model, imageSet, codes: mean, split: 'training', count: NEIGHBOURS } as const;
    const near = unwrap(await nearestImages(api, asked));
    if (!token.isStale) this.near = near;
  }

  get #of(): SplitOf | undefined {
    const { details, split } = this.#explorer;
    return details && { imageSet: details.imageSet, split };
  }
}
