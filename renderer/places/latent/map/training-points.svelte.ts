import type { StudioApi } from '../../../../electron/contract/contract.ts';
import type { CodePoints } from '../../../../electron/contract/models.ts';
import type { MapColumns } from '../../../../electron/domain/words.ts';
import { packedOf } from '../../../charts/map/packed-colours.ts';
import type { Thumbnails } from '../../../charts/map/thumbnails.svelte.ts';
import { LatestRequest } from '../../../link/latest-request.svelte.ts';
import type { Explorer } from '../explorer.svelte.ts';
import { coloursOfClasses, labelColumn, NO_VALUE } from './colour-columns.ts';
import type { Colouring } from './colouring.svelte.ts';
import { thumbnailsOf } from './thumbnails-of.ts';

/** So few test images make no map by themselves. */
const FEW_TEST_IMAGES = 1_000;
/** More would take their time to be encoded. */
const MOST_TRAINING_IMAGES = 10_000;

/** Points that are drawn faintly behind a map's own; nobody points at them. */
export interface PointsBehind {
  readonly points: MapColumns;
  readonly colours: Uint32Array;
  readonly pictures?: Thumbnails | undefined;
}

/** The training images of a small set, behind its test images. */
export class TrainingPoints {
  #map = $state.raw<CodePoints>();
  #plane = $state.raw<MapColumns>();
  readonly #requests = new LatestRequest();
  readonly #api: StudioApi;
  readonly #explorer: Explorer;
  readonly #colouring: Colouring;

  readonly #pictures = $derived.by(() => this.#map && thumbnailsOf(this.#explorer, 'training'));
  readonly codes = $derived.by(() => this.#behind(this.#map?.points));
  readonly pca = $derived.by(() => this.#behind(this.#plane));
  /** How many there are. */
  readonly count = $derived.by(() => this.#map?.points.x.length ?? 0);

  constructor(api: StudioApi, explorer: Explorer, colouring: Colouring) {
    this.#api = api;
    this.#explorer = explorer;
    this.#colouring = colouring;
  }

  forget(): void {
    this.#requests.cancel();
    this.#map = undefined;
    this.#plane = undefined;
  }

  /** Fetches them where the set is small and its test images are on view; without them the map is as good. */
  async load(validationCount: number): Promise<void> {
    const { model, split, imageSet: set } = this.#explorer;
    if (!model || !set || split !== 'test') return;
    if (set.testCount >= FEW_TEST_IMAGES || set.trainingCount > MOST_TRAINING_IMAGES) return;
    await this.#requests.run(async (token) => {
      const plane = { imageSet: set.id, validationCount, split: 'training' } as const;
      const [map, pca] = await Promise.all([
        this.#api.call('model:points', { model, split: 'training' }),
        this.#api.call('image-set:plane', plane),
      ]);
      if (token.isStale) return;
      if (map.ok) this.#map = map.value;
      if (pca.ok) this.#plane = pca.value;
    });
  }

  /** By label in the classes' colours, the hidden ones left out; by anything else grey, because they have no such values here. */
  #behind(points: MapColumns | undefined): PointsBehind | undefined {
    if (points === undefined) return undefined;
    const { by, palette, hidden } = this.#colouring;
    const count = points.x.length;
    const pictures = this.#pictures;
    if (by !== 'label') return { points, colours: new Uint32Array(count).fill(packedOf(NO_VALUE)), pictures };
    const names = this.#explorer.imageSet?.labelNames ?? [];
    const column = labelColumn(this.#map?.labels ?? new Uint8Array(0), names, count);
    return { points, colours: coloursOfClasses(column.classes, column.names, palette, hidden), pictures };
  }
}
