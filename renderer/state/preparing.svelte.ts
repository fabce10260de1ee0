import type { Experiment } from '../../electron/contract/experiment.ts';
import { presets, type Preset } from '../../electron/contract/presets.ts';
import type { ImageSetSummary } from '../../electron/contract/words.ts';
import { draftOf, draftOfPreset, onImageSet, readDraft, shapedFor, withChoice, withText, type Draft } from './draft.ts';

/** The experiment in the panel: Train types into it, and so does Model. */
export class Preparing {
  draft = $state.raw<Draft>();
  readonly #imageSets: () => readonly ImageSetSummary[];
  readonly imageSet = $derived.by(() => this.#find(this.draft?.base.imageSet));
  readonly reading = $derived(this.draft && readDraft(this.draft, this.imageSet));

  constructor(imageSets: () => readonly ImageSetSummary[]) {
    this.#imageSets = imageSets;
  }

  /** Starts with a run's settings where its images are here, else with the first preset; what is there already stays. */
  fill(shown: Experiment | undefined): void {
    const [first] = this.#imageSets();
    if (this.draft || !first) return;
    this.draft = shown && this.#find(shown.imageSet) ? draftOf(byItself(shown)) : draftOfPreset(presets[0]!, first);
  }

  /** Takes an experiment as it is, for images of the set that it names. */
  take(experiment: Experiment): void {
    const draft = draftOf(byItself(experiment));
    const imageSet = this.#find(experiment.imageSet);
    this.draft = imageSet ? shapedFor(draft, imageSet) : draft;
  }

  choosePreset(preset: Preset): void {
    const imageSet = this.imageSet ?? this.#imageSets()[0];
    if (imageSet) this.draft = draftOfPreset(preset, imageSet);
  }

  chooseImageSet(id: string): void {
    const imageSet = this.#find(id);
    if (this.draft && imageSet) this.draft = onImageSet(this.draft, imageSet);
  }

  type(path: string, text: string): void {
    this.edit((draft) => withText(draft, path, text));
  }

  choose(path: string, value: unknown): void {
    this.edit((draft) => withChoice(draft, path, value));
  }

  edit(change: (draft: Draft) => Draft): void {
    if (this.draft) this.draft = change(this.draft);
  }

  #find(id: string | undefined): ImageSetSummary | undefined {
    return this.#imageSets().find((set) => set.id === id);
  }
}

/** What is trained from the panel is no part of the sweep that its settings come from. */
function byItself(experiment: Experiment): Experiment {
  const own = { ...experiment };
  delete own.sweep;
  return own;
}
