import type { Request, StudioApi } from '../../../electron/contract/contract.ts';
import type { ErrorData, Result } from '../../../electron/domain/errors.ts';
import type { ImageSetDetails } from '../../../electron/contract/images.ts';
import type { ImageSetSummary } from '../../../electron/domain/words.ts';
import { Gallery } from './gallery.svelte.ts';
import { SetEditing } from './set-editing.svelte.ts';
import type { ImportTarget } from './import-destination.svelte.ts';
import { LatestRequest } from '../../link/latest-request.svelte.ts';
import { lasting } from '../../link/lasting.svelte.ts';
import type { Load } from '../../link/loads.svelte.ts';

/** The store of image sets as the window sees it: the one looked at, its details, and the trash. */
export class Library {
  /** The set that is looked at; none: the first. */
  chosenId = $state<string>();
  details = $state.raw<Load<ImageSetDetails>>();
  trash = $state.raw<readonly ImageSetSummary[]>([]);
  /** A sentence for each set on disk that cannot be read. */
  faulty = $state.raw<readonly string[]>([]);
  /** The images of the set looked at. */
  gallery = $state.raw<Gallery>();
  /** The set deleted last, until it is restored or another is: so that it can be undone at once. */
  deleted = $state.raw<ImageSetSummary>();
  /** Why the last change was refused. */
  problem = $state.raw<ErrorData>();
  /** The set on view, and what is done to its images. */
  readonly editing: SetEditing;

  readonly #api: StudioApi;
  readonly #refreshes = new LatestRequest();
  readonly #descriptions = new LatestRequest();
  #described: string | undefined;

  constructor(api: StudioApi) {
    this.#api = api;
    const gallery = () => this.gallery;
    this.editing = new SetEditing(api, {
      get shown() {
        return gallery()?.set;
      },
      choose: (id) => this.choose(id),
    });
    api.listen('image-sets:changed', () => void this.refresh());
  }

  /** The set on view as pictures can be added to it; none where it comes with the app, or is not known yet. */
  get target(): ImportTarget | undefined {
    const load = this.details;
    if (load?.kind !== 'ready' || load.value.imported === undefined) return undefined;
    const { summary, imported } = load.value;
    if (summary.id !== this.gallery?.set.id) return undefined;
    return { set: summary, options: imported.options, inverted: imported.inverted };
  }

  choose(id: string): void {
    this.chosenId = id;
    this.problem = undefined;
    this.editing.problem = undefined;
  }

  /** Reads the trash, what is faulty, and the details of the set on screen, anew. */
  async refresh(): Promise<void> {
    await this.#refreshes.run(async (token) => {
      const [trash, faulty] = await Promise.all([
        this.#api.call('image-set:trash', {}),
        this.#api.call('image-set:problems', {}),
      ]);
      if (token.isStale) return;
      if (trash.ok) this.trash = trash.value;
      if (faulty.ok) this.faulty = faulty.value;
      if (this.#described !== undefined) await this.#describe(this.#described);
    });
  }

  /** Takes up a set: its images, as they were last leafed through, and its details. */
  async show(set: ImageSetSummary): Promise<void> {
    if (this.gallery?.set.id !== set.id) this.gallery = lasting(() => new Gallery(this.#api, set));
    if (this.#described === set.id && this.details?.kind !== 'failed') return;
    this.#described = set.id;
    this.details = { kind: 'loading' };
    await this.#describe(set.id);
  }

  /** Gives a set another name or other notes. Answers why it was not done. */
  async edit(change: Request<'image-set:edit'>): Promise<ErrorData | undefined> {
    const result = await this.#api.call('image-set:edit', change);
    if (!result.ok) return result.error;
    await this.refresh();
    return undefined;
  }

  async delete(set: ImageSetSummary): Promise<void> {
    this.editing.dismiss();
    if (!(await this.#change(await this.#api.call('image-set:delete', { imageSet: set.id })))) return;
    this.deleted = set;
    if (this.chosenId === set.id) this.chosenId = undefined;
  }

  async restoreAll(sets: readonly ImageSetSummary[]): Promise<void> {
    for (const set of sets) await this.restore(set);
  }

  async restore(set: ImageSetSummary): Promise<void> {
    if (!(await this.#change(await this.#api.call('image-set:restore', { imageSet: set.id })))) return;
    if (this.deleted?.id === set.id) this.deleted = undefined;
    this.choose(set.id);
  }

  async emptyTrash(): Promise<void> {
    if (await this.#change(await this.#api.call('image-set:empty-trash', {}))) this.deleted = undefined;
  }

  dismissDeleted(): void {
    this.deleted = undefined;
  }

  async #change(result: Result<unknown>): Promise<boolean> {
    this.problem = result.ok ? undefined : result.error;
    if (result.ok) await this.refresh();
    return result.ok;
  }

  async #describe(id: string): Promise<void> {
    await this.#descriptions.run(async (token) => {
      const result = await this.#api.call('image-set:describe', { imageSet: id });
      if (token.isStale) return;
      this.details = result.ok ? { kind: 'ready', value: result.value } : { kind: 'failed', error: result.error };
    });
  }
}
