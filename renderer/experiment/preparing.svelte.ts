import type { Experiment } from '../../electron/domain/experiment.ts';
import { MNIST_ID } from '../../electron/domain/ids.ts';
import { defaultPreset, type Preset } from '../../electron/domain/presets.ts';
import { RECIPE_ID } from '../../electron/domain/recipe.ts';
import type { ImageSetSummary } from '../../electron/domain/words.ts';
import type { Remembered } from '../window/remembered.ts';
import {
  draftOf,
  draftOfPreset,
  draftOfRecipe,
  onImageSet,
  readDraft,
  shapedFor,
  withChoice,
  withText,
  type Draft,
} from './draft.ts';

/** Changes that can be taken back; far more than anybody remembers. */
const MOST_UNDONE = 200;

/** The experiment in the panel: Train types into it, and so does Model. */
export class Preparing {
  readonly #imageSets: () => readonly ImageSetSummary[];
  readonly #remembered: Pick<Remembered, 'get' | 'set'>;
  #draft = $state.raw<Draft>();
  /** What the draft was before, and what it was before it was taken back; the last one is the nearest. */
  #past: readonly Draft[] = [];
  #future: readonly Draft[] = [];
  /** The field that was typed into last: its letters are taken back together. */
  #typedInto: string | undefined;
  readonly draft = $derived(this.#draft);
  readonly imageSet = $derived.by(() => this.#find(this.draft?.base.imageSet));
  readonly reading = $derived(this.draft && readDraft(this.draft, this.imageSet));

  /** @param remembered where the chosen set is kept between visits */
  constructor(imageSets: () => readonly ImageSetSummary[], remembered: Pick<Remembered, 'get' | 'set'>) {
    this.#imageSets = imageSets;
    this.#remembered = remembered;
  }

  /** Starts with a run's settings where its images are here, else with the default preset; what is there already stays. */
  fill(shown: Experiment | undefined): void {
    const [first] = this.#imageSets();
    if (this.draft || !first) return;
    // What was chosen before the window was loaded anew, where it is here: settings of a run on other images are not for it.
    const chosen = this.#find(this.#remembered.get('image-set'));
    if (shown && this.#find(shown.imageSet) && (!chosen || chosen.id === shown.imageSet)) {
      this.#draft = draftOf(byItself(shown));
    } else this.#draft = draftFor(chosen ?? first);
  }

  /** Takes an experiment as it is, for images of the set that it names. */
  take(experiment: Experiment): void {
    const draft = draftOf(byItself(experiment));
    const imageSet = this.#find(experiment.imageSet);
    this.#become(imageSet ? shapedFor(draft, imageSet) : draft);
  }

  choosePreset(preset: Preset): void {
    const imageSet = this.imageSet ?? this.#imageSets()[0];
    if (imageSet) this.#become(draftOfPreset(preset, imageSet));
  }

  chooseRecipe(): void {
    const imageSet = this.imageSet ?? this.#imageSets()[0];
    if (imageSet) this.#become(draftOfRecipe(imageSet));
  }

  /** What somebody who has just brought these pictures trains first. */
  proposeFor(id: string): void {
    const imageSet = this.#find(id);
    if (imageSet && id !== MNIST_ID) this.#become(draftFor(imageSet));
    else this.chooseImageSet(id);
  }

  /** Another version of the set has taken its place. */
  follow(id: string): void {
    if (this.draft?.base.preset === RECIPE_ID) this.proposeFor(id);
    else this.chooseImageSet(id);
  }

  chooseImageSet(id: string): void {
    const imageSet = this.#find(id);
    if (this.draft && imageSet) this.#become(onImageSet(this.draft, imageSet, this.imageSet));
  }

  type(path: string, text: string): void {
    if (this.draft) this.#become(withText(this.draft, path, text), path);
  }

  choose(path: string, value: unknown): void {
    this.edit((draft) => withChoice(draft, path, value));
  }

  edit(change: (draft: Draft) => Draft): void {
    if (this.draft) this.#become(change(this.draft));
  }

  /** Takes the last change back. */
  undo(): void {
    const before = this.#past.at(-1);
    if (!before || !this.draft) return;
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, this.draft];
    this.#show(before);
  }

  /** Makes the change again that was taken back last. */
  redo(): void {
    const after = this.#future.at(-1);
    if (!after || !this.draft) return;
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, this.draft];
    this.#show(after);
  }

  #become(draft: Draft, typedInto?: string): void {
    const goesOn = typedInto !== undefined && typedInto === this.#typedInto;
    if (this.draft && !goesOn) this.#past = [...this.#past, this.draft].slice(-MOST_UNDONE);
    this.#future = [];
    this.#show(draft, typedInto);
  }

  #show(draft: Draft, typedInto?: string): void {
    this.#remembered.set('image-set', draft.base.imageSet);
    this.#typedInto = typedInto;
    this.#draft = draft;
  }

  #find(id: string | undefined): ImageSetSummary | undefined {
    return this.#imageSets().find((set) => set.id === id);
  }
}

/** What is proposed of a set that nobody has made settings for. */
const draftFor = (imageSet: ImageSetSummary): Draft =>
  imageSet.id === MNIST_ID ? draftOfPreset(defaultPreset, imageSet) : draftOfRecipe(imageSet);

/** What is trained from the panel is no part of the sweep that its settings come from. */
function byItself(experiment: Experiment): Experiment {
  const own = { ...experiment };
  delete own.sweep;
  return own;
}
