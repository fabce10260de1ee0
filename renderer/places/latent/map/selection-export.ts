import type { StudioApi } from '../../../../electron/contract/contract.ts';
import { toCsv } from '../../../files/csv.ts';
import { GrowingZip } from '../../../files/growing-zip.ts';
import { imageAt } from '../../../maths/image-at.ts';
import { pickAll, type SplitOf } from '../../../pictures/picked-images.ts';
import { imagePng } from '../../../files/png.ts';

/** What is written of a selection: columns over the whole split, of which `indices` names the rows. */
export interface SelectionTable {
  readonly indices: Uint32Array;
  /** Empty without labels. */
  readonly labels: Uint8Array;
  readonly labelNames: readonly string[];
  readonly squaredErrors: Float32Array;
  /** [count × size] */
  readonly codes: Float32Array;
  readonly size: number;
}

/** The selected codes alone, [selected × size]. */
export function codesOfSelection({ indices, codes, size }: SelectionTable): Float32Array {
  const chosen = new Float32Array(indices.length * size);
  indices.forEach((index, row) => chosen.set(codes.subarray(index * size, (index + 1) * size), row * size));
  return chosen;
}

/** Names, labels, errors and codes as a table: a heading, then a row an image, codes to the last digit. */
export function selectionCsv(table: SelectionTable, names: readonly string[]): string {
  const { indices, labels, labelNames, squaredErrors, codes, size } = table;
  const units = Array.from({ length: size }, (_, unit) => `code_${unit + 1}`);
  const rows = [...indices].map((index, row) => [
    index,
    names[row],
    labels.length > 0 ? (labelNames[labels[index]!] ?? labels[index]) : undefined,
    squaredErrors[index],
    ...codes.subarray(index * size, (index + 1) * size),
  ]);
  return toCsv([['index', 'name', 'label', 'squared_error', ...units], ...rows]);
}

/** The same as a Parquet file: a column a name, label, squared error and unit; without labels those are null. */
export async function selectionParquet(
  { indices, labels, labelNames, squaredErrors, codes, size }: SelectionTable,
  names: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  // Loaded when it is asked for: few ask.
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const label = (index: number) => (labels.length > 0 ? (labelNames[labels[index]!] ?? String(labels[index])) : null);
  const units = Array.from({ length: size }, (_, unit) => ({
    name: `code_${unit + 1}`,
    data: Float32Array.from(indices, (index) => codes[index * size + unit]!),
    type: 'FLOAT' as const,
  }));
  const columnData = [
    { name: 'index', data: Int32Array.from(indices), type: 'INT32' as const },
    { name: 'name', data: [...names], type: 'STRING' as const },
    { name: 'label', data: Array.from(indices, label), type: 'STRING' as const },
    {
      name: 'squared_error',
      data: Float32Array.from(indices, (index) => squaredErrors[index]!),
      type: 'FLOAT' as const,
    },
    ...units,
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

export async function namesOf(api: StudioApi, of: SplitOf, indices: Uint32Array): Promise<string[]> {
  const names: string[] = [];
  for await (const picked of pickAll(api, of, indices)) names.push(...picked.names);
  return names;
}

/**
 * The images as PNG files in a ZIP, named by place and name so that none hides another. `onprogress` is told the share done
 * (0-1).
 * @throws StudioError where the images could not be read, or are more than a zip file holds; the signal's reason, a thousand images later at most, once it is aborted.
 */
export async function imagesZip(
  api: StudioApi,
  of: SplitOf,
  indices: Uint32Array,
  onprogress: (share: number) => void,
  signal: AbortSignal,
): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const zip = new GrowingZip('The images', indices.length);
  for await (const { first, images, names } of pickAll(api, of, indices)) {
    signal.throwIfAborted();
    names.forEach((name, at) => {
      zip.store(fileName(indices[first + at]!, name), imagePng(imageAt(images, at)));
    });
    onprogress((first + names.length) / indices.length);
  }
  return zip.end();
}

/** "00042-cats_3.png": nothing in it that a file system would take amiss. */
function fileName(index: number, name: string): string {
  const base = name.replace(/\.[a-z0-9]{1,5}$/i, '').replace(/[^\p{L}\p{N}._-]+/gu, '_');
  return `${String(index).padStart(5, '0')}-${base.slice(-80)}.png`;
}
