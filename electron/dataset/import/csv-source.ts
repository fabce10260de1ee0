import { createReadStream } from 'node:fs';
import { StudioError } from '../../domain/errors.ts';
import { csvLayout, linesOf, readCsvRow, type CsvLayout } from './csv.ts';
import { splitOfName } from './labels.ts';
import type { ListedFile } from './listing.ts';
import type { Source, SourceItem } from './source.ts';

/**
 * A CSV of one image a row. Reads it once to count rows, and again for the images; a ragged row ends the import, because what
 * follows it can no longer be trusted.
 */
export async function openCsv({ path, name }: ListedFile): Promise<Source> {
  const { layout, headerLine, rows, labelCounts } = await survey(path, name);
  const split = splitOfName(name);
  return {
    count: rows,
    shape: { width: layout.side, height: layout.side, channels: layout.channels },
    labelCounts,
    splits: new Set([split]),
    skipped: [],
    close: () => Promise.resolve(),
    async *items(): AsyncGenerator<SourceItem> {
      for await (const { line, number } of linesOf(createReadStream(path), name)) {
        if (number === headerLine) continue;
        const { picture, label } = readCsvRow(line, layout, name, number);
        yield {
          name: `${name}:${number}`,
          ...(label === undefined ? {} : { label }),
          ...(split === undefined ? {} : { split }),
          content: { kind: 'picture', picture },
        };
      }
    },
  };
}

async function survey(path: string, name: string) {
  let layout: CsvLayout | undefined;
  let headerLine: number | undefined;
  let rows = 0;
  const labelCounts = new Map<string, number>();
  for await (const { line, number } of linesOf(createReadStream(path), name)) {
    if (layout === undefined) {
      layout = csvLayout(line.toString('utf8'), name);
      if (layout.hasHeader) {
        headerLine = number;
        continue;
      }
    }
    rows += 1;
    const { label } = readCsvRow(line, layout, name, number);
    if (label !== undefined) labelCounts.set(label, (labelCounts.get(label) ?? 0) + 1);
  }
  if (layout === undefined || rows === 0) {
    throw new StudioError(
      'bad-file',
      `${name}: expected rows of pixels, found ${layout === undefined ? 'an empty file' : 'none'}.`,
    );
  }
  return { layout, headerLine, rows, labelCounts };
}
