import type { MapColumns } from '../../domain/words.ts';
import type { CodePlane } from '../../engine/plane.ts';

/** Most points of a map: more would hide each other. */
export const MAP_POINTS = 2_000;

/** Where images of the set lie among the codes, for formats that show it. */
export interface ModelMap {
  readonly plane: CodePlane;
  readonly points: MapColumns;
  /** One a point, index into `labelNames`; empty without labels. */
  readonly labels: Uint8Array;
  readonly labelNames: readonly string[];
  /** The image that it opens on, as the model sees it: uint8 [pixels × channels]. */
  readonly example: Uint8Array;
  /** Each unit's range, float32 [code size]. */
  readonly units: { readonly least: Float32Array; readonly most: Float32Array };
}
