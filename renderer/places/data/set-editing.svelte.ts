import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { ErrorData, Result } from '../../../electron/domain/errors.ts';
import type { ImageChange, ImagePicks, SetFolder } from '../../../electron/contract/image-changes.ts';
import type { ImageSetSummary } from '../../../electron/domain/words.ts';

/** What was done last, so that it can be undone at once. */
export interface DoneChange {
  readonly set: ImageSetSummary;
  readonly words: string;
}

interface Around {
  /** The set on view; none before there is one. */
  readonly shown: ImageSetSummary | undefined;
  /** A set or a version has been made: it is to be looked at once it is listed. */
  choose(id: string): void;
}

/** Changes of the images of the set on view. */
export class SetEditing {
  /** Why the last change was refused. */
  problem = $state.raw<ErrorData>();
  done = $state.raw<DoneChange>();
  folders = $state.raw<readonly SetFolder[]>([]);
  working = $state(false);

  readonly #api: StudioApi;
  readonly #around: Around;

  constructor(api: StudioApi, around: Around) {
    this.#api = api;
    this.#around = around;
  }

  /** Makes the set's next version. */
  async change(change: ImageChange): Promise<boolean> {
    const { shown } = this.#around;
    if (shown === undefined) return false;
    return this.#make(() => this.#api.call('image-set:change', { imageSet: shown.id, change }), changeWords(change));
  }

  /** A new set of some images of the set on view, or of another. */
  async take(name: string, picks: ImagePicks, of = this.#around.shown?.id): Promise<boolean> {
    if (of === undefined) return false;
    return this.#make(() => this.#api.call('image-set:take', { imageSet: of, name, picks }));
  }

  async undo(): Promise<void> {
    const { done } = this;
    if (done === undefined) return;
    await this.#make(() => this.#api.call('image-set:undo', { imageSet: done.set.id }));
  }

  /** The folders that the names of the set's images say. */
  async readFolders(imageSet: string): Promise<void> {
    this.folders = [];
    const found = await this.#api.call('image-set:folders', { imageSet });
    if (this.#around.shown?.id !== imageSet) return;
    if (found.ok) this.folders = found.value;
    else this.problem = found.error;
  }

  dismiss(): void {
    this.done = undefined;
    this.problem = undefined;
  }

  async #make(ask: () => Promise<Result<ImageSetSummary>>, words?: string): Promise<boolean> {
    if (this.working) return false;
    this.working = true;
    const before = this.#around.shown;
    const result = await ask();
    this.working = false;
    // Who looks at another set by now is left there, and told which set it was that could not be changed.
    const isShown = this.#around.shown?.id === before?.id;
    if (!result.ok) {
      const { message } = result.error;
      this.problem =
        isShown || before === undefined ? result.error : { ...result.error, message: `${before.name}: ${message}` };
      return false;
    }
    this.problem = undefined;
    this.done = words === undefined ? undefined : { set: result.value, words };
    if (isShown) this.#around.choose(result.value.id);
    return true;
  }
}

function changeWords(change: ImageChange): string {
  switch (change.kind) {
    case 'remove':
      return 'The selection was removed.';
    case 'relabel':
      return `The selection is labelled “${change.label.trim()}”.`;
    case 'turn':
      return change.picks === undefined ? 'All images were turned.' : 'The selection was turned.';
    case 'move':
      return `The selection was moved to ${change.to}.`;
    case 'split':
    case 'split-folders':
      return 'The set was split anew.';
  }
}
