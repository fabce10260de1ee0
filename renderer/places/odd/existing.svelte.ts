import { SvelteSet } from 'svelte/reactivity';
import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { InspectSource, SetGroup } from '../../../electron/contract/inspection.ts';
import type { ImageSetSummary, RunSummary } from '../../../electron/domain/words.ts';
import { Loads } from '../../link/loads.svelte.ts';

export interface ExistingSurroundings {
  readonly api: StudioApi;
  readonly imageSets: readonly ImageSetSummary[];
}

/** The choice of an image set that is there, of groups of it to be checked, and of a model for them. */
export class Existing {
  /** A run's, or nothing where one is to be trained. */
  modelId = $state('');

  #setId = $state<string>();
  readonly #groups = new Loads<readonly SetGroup[]>();
  readonly #left = new SvelteSet<string>();
  readonly #around: ExistingSurroundings;
  readonly #models: () => readonly RunSummary[];

  readonly imageSet = $derived.by(() => this.#around.imageSets.find(({ id }) => id === this.#setId));
  readonly groups = $derived(this.#groups.get(this.#setId));
  /** Models of the set's shape that were trained on it. */
  readonly models = $derived.by(() => this.#models().filter(({ imageSet }) => imageSet === this.#setId));
  readonly trained = $derived(this.#of('training'));
  /** Those that can be checked: the test images, or, without any, those of training. */
  readonly checkable = $derived.by(() => (this.imageSet?.testCount === 0 ? this.trained : this.#of('test')));
  readonly checked = $derived(this.checkable.filter(({ group }) => !this.#left.has(group)));
  /** Groups to learn from that are called something else than normal. */
  readonly doubtful = $derived(this.trained.filter(({ truth }) => truth === 'odd'));
  readonly source = $derived.by<InspectSource | undefined>(() => {
    if (this.imageSet === undefined || this.checked.length === 0) return undefined;
    const { id, testCount } = this.imageSet;
    const split = testCount === 0 ? 'training' : 'test';
    const groups = this.checked.map(({ group }) => group);
    return { kind: 'set', imageSet: id, split, ...(this.#left.size === 0 ? {} : { groups }) };
  });

  constructor(around: ExistingSurroundings, models: () => readonly RunSummary[]) {
    this.#around = around;
    this.#models = models;
  }

  async choose(imageSet: string): Promise<void> {
    this.#setId = imageSet;
    this.#left.clear();
    this.modelId = this.models[0]?.id ?? '';
    this.#groups.forgetFailed();
    await this.#groups.ensure(imageSet, () => this.#around.api.call('inspection:groups', { imageSet }));
  }

  isChecked(group: string): boolean {
    return !this.#left.has(group);
  }

  check(group: string, isChecked: boolean): void {
    if (isChecked) this.#left.delete(group);
    else this.#left.add(group);
  }

  #of(split: SetGroup['split']): readonly SetGroup[] {
    return (this.#groups.value(this.#setId) ?? []).filter((group) => group.split === split);
  }
}
