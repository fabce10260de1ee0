import { basename, extname, join } from 'node:path';
import type { HeatMap } from '../../contract/inspection.ts';
import { isOdd } from '../../domain/inspection/verdict.ts';
import { photographPng } from '../../dataset/picture/write-png.ts';
import { makeFolder, writeFolder, writeJson, writeWhole } from '../../files/atomic.ts';
import { csvLine } from '../../files/csv.ts';
import type { StoredInspection } from '../../files/inspection-folder.ts';
import { verdictSettings } from './settled.ts';

export interface InspectionPictures {
  /** Of one of the inspection's pictures. */
  readonly heatMap: (picture: number) => Promise<HeatMap>;
  readonly told: (fraction: number) => void;
}

/** Opacity of a heat map at its threshold's twofold and above. */
const MOST_OPAQUE = 0.65;
/** What is odd is drawn in. */
const RED = [230, 40, 20] as const;

/**
 * Writes an inspection as files: `pictures.csv` (every picture, its group, scores and verdict), and for the odd ones masks, overlays,
 * `boxes.csv` and `coco.json` (one category, "odd") in pixels of the pictures as they came; masks and overlays of very large ones are
 * as large as a `HeatMap` of them.
 */
export async function writeInspection(
  folder: string,
  stored: StoredInspection,
  { heatMap, told }: InspectionPictures,
): Promise<void> {
  const { names, groups, scores } = stored;
  const settings = verdictSettings(stored);
  const chosen = scores.find(({ kind }) => kind === settings.score)!;
  const marks = new Map(settings.marks.map((each) => [each.picture, each]));
  const odd = names.map((_, at) => isOdd(chosen.values[at]!, settings.threshold, marks.get(at)?.mark));
  const lines = names.map((name, at) =>
    csvLine([
      name,
      groups[at]!,
      settings.truths[groups[at]!] ?? 'unknown',
      odd[at]! ? 'odd' : 'normal',
      marks.get(at)?.mark ?? '',
      marks.get(at)?.note ?? '',
      ...scores.map(({ values }) => values[at]!),
    ]),
  );
  const head = csvLine(['name', 'group', 'truth', 'verdict', 'mark', 'note', ...scores.map(({ kind }) => kind)]);
  await writeFolder(folder, async (temporary) => {
    await writeWhole(join(temporary, 'pictures.csv'), [head, ...lines].join(''));
    for (const inner of ['masks', 'overlays']) await makeFolder(join(temporary, inner));
    const boxes: BoxLine[] = [];
    const images: CocoImage[] = [];
    const found = names.flatMap((_, at) => (odd[at]! ? [at] : []));
    for (const [row, at] of found.entries()) {
      const map = await heatMap(at);
      const { width, height } = map.size;
      const stem = `${String(at + 1).padStart(5, '0')}-${basename(names[at]!, extname(names[at]!))
        .replaceAll(/[^\p{L}\p{N}._ -]+/gu, '-')
        .slice(0, 80)}`;
      const [mask, overlay] = ['masks', 'overlays'].map((inner) => join(temporary, inner, `${stem}.png`));
      await writePictures(map, mask!, overlay!);
      images.push({ id: at + 1, file_name: names[at]!, width, height });
      boxes.push(...map.boxes.map((box) => ({ ...box, picture: at })));
      told((row + 1) / found.length);
    }
    const columns = ['name', 'left', 'top', 'width', 'height', 'area', 'score'];
    const rows = boxes.map(({ picture, left, top, width, height, area, score }) =>
      csvLine([names[picture]!, left, top, width, height, area, score]),
    );
    await writeWhole(join(temporary, 'boxes.csv'), [csvLine(columns), ...rows].join(''));
    await writeJson(join(temporary, 'coco.json'), cocoOf(images, boxes));
  });
}

interface CocoImage {
  readonly id: number;
  readonly file_name: string;
  readonly width: number;
  readonly height: number;
}
type BoxLine = HeatMap['boxes'][number] & { readonly picture: number };

/** As COCO's object detection has it (https://cocodataset.org/#format-data). */
function cocoOf(images: readonly CocoImage[], boxes: readonly BoxLine[]) {
  return {
    images,
    categories: [{ id: 1, name: 'odd' }],
    annotations: boxes.map(({ picture, left, top, width, height, area, score }, at) => ({
      id: at + 1,
      image_id: picture + 1,
      category_id: 1,
      bbox: [left, top, width, height],
      area,
      score,
      iscrowd: 0,
    })),
  };
}

/** What is drawn of an odd picture. */
type Shown = Pick<HeatMap, 'map' | 'threshold' | 'original' | 'width' | 'height'>;

/** Writes an odd picture's mask and overlay as PNG files. */
export async function writePictures(shown: Shown, mask: string, overlay: string): Promise<void> {
  await Promise.all([
    photographPng(maskOf(shown), 0).then((png) => writeWhole(mask, png)),
    photographPng(overlayOf(shown), 0).then((png) => writeWhole(overlay, png)),
  ]);
}

/** White where the map is above its threshold. */
function maskOf({ map, threshold, width, height }: Shown) {
  const pixels = new Uint8Array(map.length);
  for (let at = 0; at < map.length; at += 1) if (map[at]! > threshold) pixels[at] = 255;
  return { count: 1, width, height, channels: 1, pixels };
}

/** The original, reddened by how far the map reaches towards twice its threshold. */
function overlayOf({ map, threshold, original, width, height }: Shown) {
  const pixels = original.pixels.slice();
  for (let at = 0; at < map.length; at += 1) {
    // Most of a map: nothing would be drawn.
    if (map[at]! <= threshold / 2) continue;
    const share = MOST_OPAQUE * Math.min(1, (map[at]! / threshold - 0.5) / 1.5);
    for (let channel = 0; channel < 3; channel += 1) {
      const place = at * 3 + channel;
      pixels[place] = pixels[place]! * (1 - share) + RED[channel]! * share + 0.5;
    }
  }
  return { count: 1, width, height, channels: 3, pixels };
}
