import { toCsv } from '../../files/csv.ts';
import { isAbove } from './odd-ones.ts';
import type { PictureEntry, WallEntry } from '../../pictures/picture-entries.ts';

type Cell = string | number | undefined;

/** The entries as a table, one row each in their order; what could not be read has its message in the last column. */
export function picturesTable(entries: readonly WallEntry[], threshold: number | undefined): string {
  const codeSize = entries.reduce((most, entry) => (entry.kind === 'picture' ? entry.code.length : most), 0);
  const noisy = entries.some((entry) => entry.kind === 'picture' && entry.psnr !== undefined);
  const header = [
    'name',
    'squared error per image',
    'MSE per pixel',
    'percentile',
    'threshold',
    'above threshold',
    'inverted',
    'centred',
    ...(noisy ? ['PSNR before (dB)', 'PSNR after (dB)'] : []),
    ...Array.from({ length: codeSize }, (_, unit) => `code ${unit + 1}`),
    'problem',
  ];
  const row = (entry: WallEntry): readonly Cell[] => {
    if (entry.kind === 'picture') return [...pictureRow(entry, threshold, noisy), undefined];
    return [entry.name, ...Array.from({ length: header.length - 2 }, () => undefined), entry.message];
  };
  return toCsv([header, ...entries.map(row)]);
}

function pictureRow(entry: PictureEntry, threshold: number | undefined, noisy: boolean): readonly Cell[] {
  return [
    entry.name,
    entry.squaredError,
    entry.mse,
    entry.percentile,
    threshold,
    threshold === undefined ? undefined : yesNo(isAbove(entry, threshold)),
    yesNo(entry.inverted),
    yesNo(entry.centred),
    ...(noisy ? [entry.psnr?.before, entry.psnr?.after] : []),
    ...entry.code,
  ];
}

const yesNo = (value: boolean) => (value ? 'yes' : 'no');
