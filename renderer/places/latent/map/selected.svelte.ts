import { toErrorData, unwrap, type ErrorData } from '../../../../electron/domain/errors.ts';
import type { Neighbours } from '../../../../electron/contract/models.ts';
import type { ImageColumns } from '../../../../electron/domain/words.ts';
import type { Explorer } from '../explorer.svelte.ts';
import { meanCode } from '../../../maths/direction.ts';
import { npyFile } from '../../../files/npy.ts';
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

export interface NearMean {
  readonly neighbours: Neighbours;
  readonly images: ImageColumns;
}

const NEIGHBOURS = 8;

export type ExportKind = 'csv' | 'parquet' | 'codes' | 'labels' | 'images';

/** What is computed of the selected images, and the files made of them. */
export class Selected {
  /** The mean of the images, values 0-255, and how many of them are in it yet. */
  mean = $state.raw<ImageColumns>();
  meanOf = $state(0);
  near = $state.raw<NearMean>();
  problem = $state.raw<ErrorData>();
  /** 0-1 while a file is made. */
  exporting = $state<number>();
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
    if (selection.length === 0) return;
    try {
      await Promise.all([this.#average(selection), this.#findNear(selection)]);
    } catch (error) {
      if (this.#isLookedAt(selection)) this.problem = toErrorData(error);
    }
  }

  /** Hands the selection over as a file. */
  async export(kind: ExportKind): Promise<void> {
    const { selection, model, split } = this.#explorer;
    const of = this.#of;
    if (!model || !of || this.exporting !== undefined) return;
    this.exporting = 0;
    this.problem = undefined;
    const name = `${model.runId}-${split}-${selection.length}`;
    try {
      await this.#write(kind, name, of, selection);
    } catch (error) {
      this.problem = toErrorData(error);
    }
    this.exporting = undefined;
  }

  /** Ends an export that is under way. */
  cancel(): void {
    this.exporting = undefined;
  }

  async #write(kind: ExportKind, name: string, of: SplitOf, selection: Uint32Array): Promise<void> {
    const { api } = this.#explorer;
    if (kind === 'images') {
      const isWanted = () => this.exporting !== undefined;
      const parts = await imagesZip(api, of, selection, (share) => (this.exporting = share), isWanted);
      if (parts) this.#save(`${name}-images.zip`, parts, 'application/zip');
      return;
    }
    const table = await this.#table(selection);
    if (kind === 'codes') {
      const file = npyFile(codesOfSelection(table), [selection.length, table.size]);
      this.#save(`${name}-codes.npy`, [file], 'application/octet-stream');
    } else if (kind === 'labels') {
      const labels = Uint8Array.from(selection, (index) => table.labels[index]!);
      this.#save(`${name}-labels.npy`, [npyFile(labels, [labels.length])], 'application/octet-stream');
    } else {
      const names = await namesOf(api, of, selection);
      if (kind === 'parquet') {
        const file = await selectionParquet(table, names);
        return this.#save(`${name}.parquet`, [file], 'application/vnd.apache.parquet');
      }
      this.#save(`${name}.csv`, [selectionCsv(table, names)], 'text/csv');
    }
  }

  async #table(indices: Uint32Array): Promise<SelectionTable> {
    const { map, imageSet, count } = this.#explorer;
    const codes = await this.#explorer.codesOf();
    return {
      indices,
      labels: map?.labels ?? new Uint8Array(0),
      labelNames: imageSet?.labelNames ?? [],
      squaredErrors: map?.squaredErrors ?? new Float32Array(count),
      codes,
      size: codes.length / Math.max(1, count),
    };
  }

  async #average(selection: Uint32Array): Promise<void> {
    const of = this.#of;
    if (!of) return;
    let sums: Float64Array | undefined;
    for await (const { first, images } of pickAll(this.#explorer.api, of, selection)) {
      if (!this.#isLookedAt(selection)) return;
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

  async #findNear(selection: Uint32Array): Promise<void> {
    const { api, model, details, count } = this.#explorer;
    const codes = await this.#explorer.codesOf();
    const mean = meanCode(codes, codes.length / Math.max(1, count), selection);
    if (!mean || !model || !details || !this.#isLookedAt(selection)) return;
    const asked = { model, codes: mean, split: 'training', count: NEIGHBOURS } as const;
    const neighbours = unwrap(await api.call('model:neighbours', asked));
    const where = { imageSet: details.imageSet, split: 'training', indices: neighbours.indices.slice() } as const;
    const { images } = unwrap(await api.call('image-set:pick', where));
    if (this.#isLookedAt(selection)) this.near = { neighbours, images };
  }

  get #of(): SplitOf | undefined {
    const { details, split } = this.#explorer;
    return details && { imageSet: details.imageSet, split };
  }

  #isLookedAt(selection: Uint32Array): boolean {
    return this.#explorer.selection === selection;
  }
}
