import type { HandedFile } from '../../../electron/contract/files.ts';
import type { ImportOptions } from '../../../electron/contract/import-options.ts';
import type { ImportPlan } from '../../../electron/contract/import-plan.ts';
import type { ImageSetSummary } from '../../../electron/domain/words.ts';

/** A set that pictures can be added to, and how its images were made. */
export interface ImportTarget {
  readonly set: ImageSetSummary;
  readonly options: ImportOptions;
  readonly inverted: boolean;
}

/** Where pictures go that are imported: into a set of their own, or into one that they were given to. */
export class ImportDestination {
  /** The set that they may be added to; none where they were not given to one. */
  target = $state.raw<ImportTarget>();
  /** Of all pictures that are added; empty: as their folders say. */
  label = $state('');
  #adds = $state(false);

  /** Whether they are added to the target; else they become a set of their own. */
  get adds(): boolean {
    return this.#adds && this.target !== undefined;
  }

  set adds(adds: boolean) {
    this.#adds = adds;
  }

  /** Begins anew: what is given to a set is probably added to it. */
  begin(target?: ImportTarget, label = ''): void {
    this.target = target;
    this.#adds = target !== undefined;
    this.label = label;
  }

  /** Pictures of one folder that are added to classes are probably of the class that it is called after; the field shows it. */
  labelAfter(files: readonly HandedFile[], plan: ImportPlan): void {
    const folder = folderOf(files);
    if (folder === undefined || this.label !== '' || plan.labels.length > 0) return;
    if ((this.target?.set.labelNames.length ?? 0) > 0) this.label = folder;
  }

  /** Pictures that are added are read as they need, and made images as those of the set were. */
  fitted(options: ImportOptions): ImportOptions {
    if (!this.adds || !this.target) return options;
    const { set, inverted } = this.target;
    const { fit, background, centre } = this.target.options;
    const [height, width, channels] = set.shape;
    const invert = inverted ? 'on' : 'off';
    return { ...options, name: set.name, height, width, channels, fit, background, centre, invert };
  }

  /** What the host is asked for beside the options. */
  get request(): { readonly into?: string; readonly label?: string } {
    if (!this.adds || !this.target) return {};
    const label = this.label.trim();
    return { into: this.target.set.id, ...(label === '' ? {} : { label }) };
  }
}

/** The one folder that all files lie in, or that was handed over as it is. */
function folderOf(files: readonly HandedFile[]): string | undefined {
  const [first] = files;
  if (first === undefined) return undefined;
  const [folder = '', ...below] = first.path.split('/');
  if (below.length === 0) return files.length === 1 && !folder.includes('.') ? folder : undefined;
  return files.every(({ path }) => path.startsWith(`${folder}/`)) ? folder : undefined;
}
