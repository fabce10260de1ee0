import { MOST_ON_SHEET, sheetFigure, type SheetEntry } from '../../charts/contact-sheet.ts';
import { errorMap } from '../../charts/error-map.ts';
import type { Figure } from '../../charts/figure/figure.ts';
import { figurePng } from '../../charts/figure/figure-png.ts';
import { GrowingZip } from '../../files/growing-zip.ts';
import { picturePng } from '../../files/png.ts';
import { toRgba } from '../../maths/rgba.ts';
import type { ErrorWords } from '../../widgets/error-unit.ts';
import { isAbove, isPicture } from './odd-ones.ts';
import type { PictureEntry, WallEntry } from '../../pictures/picture-entries.ts';
import { stagesOf } from './picture-stages.ts';
import { picturesTable } from './pictures-table.ts';
import { saveFile } from '../../window/save-file.ts';
import { toErrorData } from '../../../electron/domain/errors.ts';
import { LatestRequest, type RequestToken } from '../../link/latest-request.svelte.ts';

/** What is saved: the entries as they stand in the wall. */
export interface Exported {
  readonly entries: readonly WallEntry[];
  readonly threshold: number | undefined;
  readonly errorLimit: number;
  /** How errors are written below pictures; the table has both units. */
  readonly errors: ErrorWords;
  /** Of the model. */
  readonly title: string;
  /** Of the model's images, in pixels. */
  readonly image: { readonly width: number; readonly height: number };
}

/** Pictures encoded between two breaths of the window. */
const AT_ONCE = 32;

/** Saves what is on the wall as a table, as sheets of pictures, or as both with every picture in a zip file. */
export class PictureExport {
  /** Share of the pictures written, 0-1, while they are. */
  fraction = $state<number>();
  said = $state('');
  failed = $state(false);

  readonly #zips = new LatestRequest();

  async csv({ entries, threshold }: Exported): Promise<void> {
    await this.#say(async () => {
      saveFile('reconstructions.csv', [picturesTable(entries, threshold)], 'text/csv');
      return 'Table saved.';
    });
  }

  /** One sheet of the pictures, or of the first of many: that is said. */
  sheet(exported: Exported): Figure {
    const pictures = exported.entries.filter(isPicture);
    const shown = pictures.slice(0, MOST_ON_SHEET);
    this.failed = false;
    this.said =
      shown.length < pictures.length
        ? `The sheet holds the first ${MOST_ON_SHEET} of ${pictures.length} pictures, the zip file all.`
        : '';
    return sheetOf(exported, shown);
  }

  /** Table, sheets, and for each picture the original, what the model saw, the reconstruction and the error map. */
  async zip(exported: Exported): Promise<void> {
    await this.#zips.run(async (token) => {
      this.fraction = 0;
      await this.#say(async () => {
        const archive = new GrowingZip('reconstructions.zip', filesOf(exported));
        await this.#write(archive, exported, token);
        if (token.isStale) return undefined;
        saveFile('reconstructions.zip', archive.end(), 'application/zip');
        return 'Zip file saved.';
      }, token);
      if (!token.isStale) this.fraction = undefined;
    });
  }

  stop(): void {
    if (this.fraction === undefined) return;
    this.#zips.cancel();
    this.fraction = undefined;
    this.said = 'Saving stopped.';
  }

  /** Says what a file's making answers, or why there is none; of one that was stopped nothing. */
  async #say(make: () => Promise<string | undefined>, token?: RequestToken): Promise<void> {
    this.failed = false;
    try {
      const said = await make();
      if (said !== undefined) this.said = said;
    } catch (error) {
      if (token?.isStale) return;
      this.failed = true;
      this.said = `Not saved: ${toErrorData(error).message}`;
    }
  }

  async #write(archive: GrowingZip, exported: Exported, token: RequestToken): Promise<void> {
    const { entries, threshold, errorLimit } = exported;
    const pictures = entries.filter(isPicture);
    archive.deflate('reconstructions.csv', new TextEncoder().encode(picturesTable(entries, threshold)));
    for (let first = 0; first < pictures.length && !token.isStale; first += AT_ONCE) {
      pictures.slice(first, first + AT_ONCE).forEach((entry, offset) => {
        const number = String(first + offset + 1).padStart(String(pictures.length).length, '0');
        writeEntry(archive, entry, `${number} ${safeName(entry.name)}.png`, errorLimit);
      });
      this.fraction = Math.min(1, (first + AT_ONCE) / pictures.length);
      await new Promise((resolve) => setTimeout(resolve));
    }
    for (let first = 0; first < pictures.length && !token.isStale; first += MOST_ON_SHEET) {
      const sheet = await figurePng(sheetOf(exported, pictures.slice(first, first + MOST_ON_SHEET)));
      archive.store(`sheet ${first / MOST_ON_SHEET + 1}.png`, new Uint8Array(await sheet.arrayBuffer()));
    }
  }
}

/** Four of each picture, the sheets and the table. */
function filesOf({ entries }: Exported): number {
  const pictures = entries.filter(isPicture).length;
  return 4 * pictures + Math.ceil(pictures / MOST_ON_SHEET) + 1;
}

function writeEntry(archive: GrowingZip, entry: PictureEntry, name: string, errorLimit: number): void {
  archive.store(`originals/${name}`, picturePng(toRgba(entry.original)));
  archive.store(`seen/${name}`, picturePng(toRgba(entry.seen)));
  archive.store(`reconstructions/${name}`, picturePng(toRgba(entry.reconstruction)));
  archive.store(`errors/${name}`, picturePng(errorMap(entry.prepared, entry.reconstruction, errorLimit)));
}

function sheetOf({ title, image, errorLimit, errors, threshold }: Exported, pictures: readonly PictureEntry[]): Figure {
  const entries = pictures.map((entry): SheetEntry => ({
    name: entry.name,
    figure: `${isAbove(entry, threshold) ? '▲ ' : ''}${errors.show(entry.squaredError)}`,
    images: stagesOf(entry, errorLimit),
  }));
  const legend = `original, seen, reconstruction, error per pixel (0–${errorLimit}); ${errors.name}`;
  return sheetFigure({ title: `${title}: ${legend}`, entries, image });
}

/** A name every system takes as a file's; folders become part of it. */
export function safeName(name: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what must go
  return name.replaceAll(/[\\/:*?"<>|\u0000-\u001f]/g, '_').slice(0, 120);
}
