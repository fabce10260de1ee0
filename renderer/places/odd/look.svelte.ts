import type { Inspection, Region } from '../../../electron/contract/inspection.ts';
import { areLarge, proposedTiling, tileCount } from '../../../electron/domain/inspection/tile-places.ts';
import type { Look } from './work.svelte.ts';

/** Sides of tiles that are offered, in pixels. */
const SIDES = [64, 96, 128, 192, 256, 384, 512, 768];
const NUMBERS = 4;

/** How the pictures on view are to be looked at once more. */
export class LookDraft {
  /** The side of the tiles; nothing for whole pictures. */
  tiles = $state<number>();
  /** The part that counts as it is typed or drawn: left, top, width, height in hundredths; empty for all. */
  part = $state('');
  /** A part is drawn on the picture. */
  drawing = $state(false);

  readonly #was: Look;
  readonly #size: Inspection['pictureSize'];

  readonly region = $derived.by(() => regionOf(this.part));
  readonly problem = $derived(
    this.part.trim() === '' || this.region
      ? undefined
      : 'Expected left, top, width, height in hundredths, inside the picture: 10, 20, 50, 60.',
  );
  readonly look = $derived.by((): Look => {
    const tiles = this.tiles ?? null;
    return tiles === null && this.region ? { tiles, region: this.region } : { tiles };
  });
  /** Whether it is another look than the one on view. */
  readonly isOther = $derived.by(
    () => this.problem === undefined && JSON.stringify(this.look) !== JSON.stringify(this.#was),
  );
  /** Sides that the pictures are large enough for, with the one that was used. */
  readonly sides = $derived.by(() => {
    const shorter = this.#size ? Math.min(this.#size.width, this.#size.height) : Infinity;
    const fitting = SIDES.filter((side) => side <= shorter);
    const { tiles } = this.#was;
    const all = tiles === null || fitting.includes(tiles) ? fitting : [...fitting, tiles];
    return all.sort((a, b) => a - b);
  });
  /** So many of the side chosen cover a picture. */
  readonly count = $derived.by(() =>
    this.tiles !== undefined && this.#size ? tileCount(this.#size, this.tiles) : undefined,
  );
  /** The pictures are much larger than what the model sees of them: the tiles that are proposed. */
  readonly proposed = $derived.by(() =>
    this.#was.tiles === null && this.#size && areLarge(this.#size) ? proposedTiling(this.#size, 1).side : undefined,
  );

  constructor({ tiles, region, pictureSize }: Pick<Inspection, 'tiles' | 'region' | 'pictureSize'>) {
    this.#size = pictureSize;
    this.tiles = tiles?.side;
    this.part = region ? partOf(region) : '';
    this.#was = tiles ? { tiles: tiles.side } : { tiles: null, ...(region && { region: regionOf(partOf(region))! }) };
  }

  /** Takes what was drawn, in shares of what the model sees. */
  draw(region: Region): void {
    this.part = partOf(region);
    this.drawing = false;
  }
}

const partOf = ({ left, top, width, height }: Region): string =>
  [left, top, width, height].map((share) => Number((100 * share).toFixed(1))).join(', ');

/** Nothing where it is none, or all of the picture. */
function regionOf(part: string): Region | undefined {
  const numbers = part.split(',').map((text) => (text.trim() === '' ? Number.NaN : Number(text) / 100));
  if (numbers.length !== NUMBERS || !numbers.every((share) => share >= 0 && share <= 1)) return undefined;
  const [left = 0, top = 0, width = 0, height = 0] = numbers;
  const isInside = width > 0 && height > 0 && left + width <= 1.000001 && top + height <= 1.000001;
  return isInside ? { left, top, width, height } : undefined;
}
