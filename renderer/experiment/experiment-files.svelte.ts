import type { StudioApi } from '../../electron/contract/contract.ts';
import type { Experiment } from '../../electron/domain/experiment.ts';
import type { HandedFile, Staged } from '../../electron/contract/files.ts';
import { toErrorData } from '../../electron/domain/errors.ts';
import { heldWords, type DropHandler } from '../window/drops.ts';
import { exportWords } from '../files/export-words.ts';

const isExperiment = ({ path }: HandedFile): boolean => /\.(?:json|aestudio-experiment)$/i.test(path);

/** Experiments as files: saved as the panel says, opened into it. */
export class ExperimentFiles {
  /** What became of the last file. */
  said = $state.raw<{ readonly text: string; readonly failed: boolean }>();
  /** Why files could not be taken: a sentence each, naming the file. */
  problems = $state.raw<readonly string[]>([]);
  /** Further experiments of the files that were opened: the first is in the panel. */
  others = $state.raw<readonly Experiment[]>([]);
  busy = $state(false);
  readonly #api: StudioApi;
  readonly #take: (experiment: Experiment) => void;

  constructor(api: StudioApi, take: (experiment: Experiment) => void) {
    this.#api = api;
    this.#take = take;
  }

  async save(experiment: Experiment): Promise<void> {
    if (this.busy) return;
    this.#begin();
    this.said = exportWords(await this.#api.call('experiment:save', { experiment }));
    this.busy = false;
  }

  async open(listing: Promise<readonly HandedFile[]>): Promise<void> {
    if (this.busy) return;
    this.#begin();
    try {
      const files = await listing;
      if (files.length > 0) await this.#read(files);
    } catch (error) {
      this.problems = [toErrorData(error).message];
    }
    this.busy = false;
  }

  /** Opens files that the host has already. */
  async openStaged(staged: Staged): Promise<void> {
    if (this.busy) return;
    this.#begin();
    await this.#openAll(staged);
    this.busy = false;
  }

  /** Puts another of the opened experiments into the panel. */
  takeOther(experiment: Experiment): void {
    this.#take(experiment);
    this.said = { text: `Opened: ${experiment.name}`, failed: false };
  }

  dismiss(): void {
    this.said = undefined;
    this.problems = [];
    this.others = [];
  }

  #begin(): void {
    this.dismiss();
    this.busy = true;
  }

  async #read(files: readonly HandedFile[]): Promise<void> {
    const staged = await this.#api.stage(files);
    if (!staged.ok) {
      this.problems = [staged.error.message];
      return;
    }
    await this.#openAll(staged.value);
  }

  async #openAll({ staged }: Staged): Promise<void> {
    const opened = await this.#api.call('experiment:open', { staged });
    if (opened.ok) {
      const [first, ...others] = opened.value.experiments;
      this.problems = opened.value.problems;
      this.others = others.length > 0 ? opened.value.experiments : [];
      if (first) this.takeOther(first);
    } else this.problems = [opened.error.message];
    // Whether it worked matters to nobody here: the host lets go of everything when the window does.
    await this.#api.call('files:release', { staged });
  }
}

/** Experiment files dropped on Train or Model are opened; anything else becomes an image set, as it does elsewhere. */
export const experimentDrops = (files: Pick<ExperimentFiles, 'open'>, otherwise: DropHandler): DropHandler => ({
  offer: (held) =>
    held.pictures > 0 && held.pictures === held.count
      ? otherwise.offer(held)
      : {
          title: `Take up ${heldWords(held)}`,
          hint: 'An experiment from a .json file is put into the panel; of anything else an image set can be made.',
        },
  take: (handed) => {
    void handed.then(
      (all) => {
        const experiments = all.filter(isExperiment);
        if (experiments.length > 0 && experiments.length === all.length) void files.open(Promise.resolve(experiments));
        else otherwise.take(Promise.resolve(all));
      },
      () => otherwise.take(handed),
    );
  },
});
