import { SvelteSet } from 'svelte/reactivity';
import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { ErrorData } from '../../../electron/domain/errors.ts';
import type { ImagePicks } from '../../../electron/contract/image-changes.ts';
import type { SplitName } from '../../../electron/contract/models.ts';
import type { ImageColumns, ImageSetSummary } from '../../../electron/domain/words.ts';
import { gridScales, usualScale } from './gallery-scale.ts';
import { LatestRequest } from '../../link/latest-request.svelte.ts';
import { Loads } from '../../link/loads.svelte.ts';
import { PicturePages, type PageSource } from '../../pictures/picture-pages.ts';

/** One image of the set, looked at by itself. */
export interface LookedAt {
  /** In its split. */
  readonly index: number;
  readonly name: string;
  readonly image: ImageColumns;
}

/** A set's images as they are leafed through: which split, which label, and the one that is looked at. */
export class Gallery {
  readonly set: ImageSetSummary;
  split = $state<SplitName>('training');
  /** Only this label's images; none: all. */
  label = $state<number>();
  looked = $state.raw<LookedAt>();
  problem = $state.raw<ErrorData>();
  /** Places in the split of the images that are selected. */
  readonly selected = new SvelteSet<number>();
  /** Where a range begins: the position that was selected last, among what is shown. */
  #anchor: number | undefined = 0;

  readonly #labels = new Loads<Uint8Array>();
  readonly #api: StudioApi;
  #scaleAt: number;
  readonly #looks = new LatestRequest();

  readonly labels = $derived(this.#labels.value(this.split));
  readonly labelsProblem = $derived.by(() => {
    const load = this.#labels.get(this.split);
    return load?.kind === 'failed' ? load.error : undefined;
  });
  /** Images of each label in this split; empty until they are known, and without labels. */
  readonly counts = $derived.by(() => (this.labels ? countsOf(this.labels, this.set.labelNames.length) : []));
  /** The places in the split of what is shown; none: all of it. */
  readonly #places = $derived(
    this.label === undefined ? undefined : placesOf(this.labels ?? new Uint8Array(), this.label),
  );
  readonly count = $derived(this.#places?.length ?? this.#splitCount());
  /** How many of the selected are not among those shown: a selection may be gathered from several labels. */
  readonly selectedUnseen = $derived.by(() => {
    const { label, labels } = this;
    return label === undefined ? 0 : [...this.selected].filter((place) => labels?.[place] !== label).length;
  });

  constructor(api: StudioApi, set: ImageSetSummary) {
    this.#api = api;
    this.set = set;
    const [height, width] = set.shape;
    this.#scaleAt = $state(usualScale(width, height));
  }

  /** CSS pixels an image pixel. */
  get scale(): number {
    return gridScales[this.#scaleAt]!;
  }

  get smallest(): boolean {
    return this.#scaleAt === 0;
  }

  get largest(): boolean {
    return this.#scaleAt === gridScales.length - 1;
  }

  resize(steps: -1 | 1): void {
    this.#scaleAt = Math.min(gridScales.length - 1, Math.max(0, this.#scaleAt + steps));
  }

  show(split: SplitName): void {
    if (split !== this.split) this.clearSelection();
    this.split = split;
    this.forgetLooked();
    void this.loadLabels();
  }

  /** Shows a label's images, or all of them again. */
  filter(label: number | undefined): void {
    this.label = this.label === label ? undefined : label;
    // A place among other images: a range from it would hold some that nobody has pointed at.
    this.#anchor = undefined;
    this.forgetLooked();
  }

  async loadLabels(): Promise<void> {
    if (this.set.labelNames.length === 0) return;
    const { split } = this;
    this.#labels.forgetFailed();
    await this.#labels.ensure(split, async () => {
      const result = await this.#api.call('image-set:labels', { imageSet: this.set.id, split });
      return result.ok ? { ok: true, value: result.value.labels } : result;
    });
  }

  /** The pages of what is shown now; whoever paints them says of what. */
  pages<Sheet>(sheets: Pick<PageSource<Sheet>, 'toSheet' | 'dropSheet'>): PicturePages<Sheet> {
    const [height, width] = this.set.shape;
    const { split, count } = this;
    const places = this.#places;
    const fetch = (first: number, length: number) => {
      const indices = Uint32Array.from({ length }, (_, index) => places?.[first + index] ?? first + index);
      return this.#api.call('image-set:pick', { imageSet: this.set.id, split, indices });
    };
    return new PicturePages({ count, width, height, fetch, ...sheets });
  }

  /** The place in the split of a position of what is shown. */
  placeOf(position: number): number {
    return this.#places?.[position] ?? position;
  }

  /** Selects an image or lets it go; `range`: selects all from the last one to it. */
  select(position: number, how: 'toggle' | 'range'): void {
    const place = this.placeOf(position);
    if (how === 'toggle') {
      if (!this.selected.delete(place)) this.selected.add(place);
    } else {
      const from = this.#anchor ?? position;
      const [first, last] = [Math.min(from, position), Math.max(from, position)];
      for (let at = first; at <= last; at++) this.selected.add(this.placeOf(at));
    }
    this.#anchor = position;
  }

  /** Everything that is shown: of one label where it is filtered. */
  selectShown(): void {
    for (let at = 0; at < this.count; at++) this.selected.add(this.placeOf(at));
  }

  clearSelection(): void {
    this.selected.clear();
    this.#anchor = 0;
  }

  /** The selection as calls name it. */
  get picks(): ImagePicks {
    return [{ split: this.split, indices: Uint32Array.from([...this.selected].sort((a, b) => a - b)) }];
  }

  labelName(position: number): string | undefined {
    const label = this.label ?? this.labels?.[position];
    return label === undefined ? undefined : this.set.labelNames[label];
  }

  /** Looks at one image by itself. */
  async look(position: number): Promise<void> {
    const index = this.placeOf(position);
    const indices = Uint32Array.of(index);
    await this.#looks.run(async (token) => {
      const result = await this.#api.call('image-set:pick', { imageSet: this.set.id, split: this.split, indices });
      if (token.isStale) return;
      this.problem = result.ok ? undefined : result.error;
      if (result.ok) this.looked = { index, name: result.value.names[0] ?? '', image: result.value.images };
    });
  }

  forgetLooked(): void {
    this.#looks.cancel();
    this.looked = undefined;
  }

  #splitCount(): number {
    return this.split === 'training' ? this.set.trainingCount : this.set.testCount;
  }
}

function countsOf(labels: Uint8Array, names: number): readonly number[] {
  const counts = Array.from({ length: names }, () => 0);
  for (const label of labels) counts[label]!++;
  return counts;
}

function placesOf(labels: Uint8Array, label: number): Uint32Array {
  const places: number[] = [];
  for (let place = 0; place < labels.length; place++) if (labels[place] === label) places.push(place);
  return Uint32Array.from(places);
}
