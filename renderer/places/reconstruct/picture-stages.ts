import { errorMap } from '../../charts/error-map.ts';
import { toRgba, type Rgba } from '../../maths/rgba.ts';
import type { PictureEntry } from '../../pictures/picture-entries.ts';

/** The four pictures that are shown of each. */
export const stagesOf = (entry: PictureEntry, errorLimit: number): readonly Rgba[] => [
  toRgba(entry.original),
  toRgba(entry.seen),
  toRgba(entry.reconstruction),
  errorMap(entry.prepared, entry.reconstruction, errorLimit),
];
