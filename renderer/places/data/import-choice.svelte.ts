import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { ImportOptions } from '../../../electron/contract/import-options.ts';
import {
  importFormOf,
  readForm,
  withChosen,
  withoutRange,
  withPlan,
  withSquare,
  withTyped,
  type ImportForm,
  type TypedOption,
} from './import-form.ts';
import { ImportDestination } from './import-destination.svelte.ts';
import { Previews } from './previews.svelte.ts';

/** How files are to be imported, as a person chooses it, and what that makes of them. */
export class ImportChoice {
  form = $state.raw<ImportForm>();

  readonly destination = new ImportDestination();

  readonly #typed = $derived(this.form && readForm(this.form));
  /** What is imported. */
  readonly reading = $derived(
    this.#typed?.kind === 'ready'
      ? { kind: 'ready' as const, options: this.destination.fitted(this.#typed.options) }
      : this.#typed,
  );
  readonly previews: Previews;

  readonly #mayChange: () => boolean;
  #staged = '';

  /** @param mayChange whether nothing is being imported yet */
  constructor(api: StudioApi, mayChange: () => boolean) {
    this.previews = new Previews(api);
    this.#mayChange = mayChange;
  }

  /** Begins with what is proposed for files that the host has. */
  begin(staged: string, proposed: ImportOptions): void {
    this.#staged = staged;
    this.form = importFormOf(proposed);
    this.#preview();
  }

  type(option: TypedOption, text: string): void {
    this.#change((form) => withTyped(form, option, text));
  }

  choose(chosen: Partial<ImportOptions>): void {
    this.#change((form) => withChosen(form, chosen));
  }

  /** Scales each kind of numbers by itself, as was proposed. */
  scaleByKind(): void {
    this.#change(withoutRange);
  }

  /** Adds to the set they were given to, or makes one of their own. */
  add(adding: boolean): void {
    this.destination.adds = adding;
    this.#preview();
  }

  setSquare(square: boolean): void {
    this.#change((form) => withSquare(form, square));
  }

  /** Something else is proposed, as the files are read another way: what a person has chosen stays. */
  proposeAnew(before: ImportOptions, now: ImportOptions): void {
    this.#change((form) => withPlan(form, before, now));
  }

  /** The files are let go of. */
  clear(): void {
    this.previews.clear();
    this.form = undefined;
  }

  #change(change: (form: ImportForm) => ImportForm): void {
    if (!this.form || !this.#mayChange()) return;
    this.form = change(this.form);
    this.#preview();
  }

  #preview(): void {
    if (this.reading?.kind === 'ready') this.previews.want(this.#staged, this.reading.options);
  }
}
