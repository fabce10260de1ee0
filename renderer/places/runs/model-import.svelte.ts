import { newestSets } from '../../../electron/domain/versions.ts';
import type { Request, StudioApi } from '../../../electron/contract/contract.ts';
import { toErrorData, type ErrorData } from '../../../electron/domain/errors.ts';
import type { HandedFile } from '../../../electron/contract/files.ts';
import { LatestRequest, type RequestToken } from '../../link/latest-request.svelte.ts';
import type { FoundModel } from '../../../electron/contract/imported-models.ts';
import type { ImageSetSummary } from '../../../electron/domain/words.ts';

export type ModelImportPhase =
  | { readonly kind: 'none' }
  /** Files are on their way to the host; the share sent, 0-1. */
  | { readonly kind: 'handing'; readonly fraction: number }
  | { readonly kind: 'reading' }
  | { readonly kind: 'choosing'; readonly found: FoundModel }
  /** What is done with it just now, in a sentence; before the first it is read again. */
  | { readonly kind: 'importing'; readonly found: FoundModel; readonly step?: string; readonly stopping?: true }
  /** The file leaves the size of its images open: read again once it is said. */
  | { readonly kind: 'asking'; readonly error: ErrorData }
  | { readonly kind: 'failed'; readonly error: ErrorData };

type Choices = Omit<Request<'model:inspect'>, 'staged'>;

/** What the sheet's fields say; empty is left to the host. */
export interface ModelForm {
  readonly name: string;
  readonly codeLayer: number;
  /** "28×28×1", for a model that takes rows of values. */
  readonly shape: string;
  /** How rows of values lie over images of several channels, and what pixels are taken as. */
  readonly order: NonNullable<Choices['order']>;
  readonly pixels: NonNullable<Choices['pixels']>;
  /** The image set's id; empty for none of those that are here. */
  readonly imageSet: string;
}

const EMPTY: ModelForm = {
  name: '',
  codeLayer: 0,
  shape: '',
  order: 'channels-last',
  pixels: '0..1',
  imageSet: '',
};

/** What takes a model in once it is here. */
export interface ModelImportContext {
  readonly api: StudioApi;
  readonly imageSets: readonly ImageSetSummary[];
  showImported(runId: string): Promise<void>;
}

/** Models of other programs, from the drop to the list of runs, as the window sees it; one at a time. */
export class ModelImport {
  phase = $state.raw<ModelImportPhase>({ kind: 'none' });
  form = $state.raw<ModelForm>(EMPTY);
  /** Whether the person closed the sheet while a model was being taken in. */
  #isLeft = $state(false);
  /** Why it could not be taken in as chosen. */
  problem = $state.raw<ErrorData>();

  readonly #context: ModelImportContext;
  #staged: string | undefined;
  /** What belongs to an earlier beginning is late and is dropped. */
  readonly #beginnings = new LatestRequest();

  /** The image sets whose images the model takes. */
  readonly fitting = $derived.by(() => {
    const shape = shapeOf(this.form.shape)?.join();
    return newestSets(this.#context.imageSets).filter((set) => set.shape.join() === shape);
  });

  constructor(context: ModelImportContext) {
    this.#context = context;
    context.api.listen('model-import:told', ({ staged, sentence }) => this.#told(staged, sentence));
  }

  get open(): boolean {
    return this.phase.kind !== 'none' && !this.#isLeft;
  }

  /** Hands the files over and shows what is in them; nothing is kept before `start`. */
  async begin(listing: Promise<readonly HandedFile[]>): Promise<void> {
    if (this.phase.kind === 'importing') return;
    this.dismiss();
    const token = this.#beginnings.begin();
    this.phase = { kind: 'handing', fraction: 0 };
    try {
      const files = await listing;
      const staged = await this.#context.api.stage(files, (fraction) => {
        if (!token.isStale && this.phase.kind === 'handing') this.phase = { kind: 'handing', fraction };
      });
      if (!staged.ok) return this.#fail(token, staged.error);
      const id = staged.value.staged;
      if (token.isStale) return await this.#release(id);
      this.#staged = id;
      await this.#read(token, id, {});
    } catch (error) {
      this.#fail(token, toErrorData(error));
    }
  }

  /** Reads what was handed over again, its images as large as the form says. */
  async readAgain(): Promise<void> {
    const inputShape = shapeOf(this.form.shape);
    if (this.phase.kind !== 'asking' || this.#staged === undefined || inputShape === undefined) return;
    await this.#read(this.#beginnings.begin(), this.#staged, { inputShape });
  }

  async #read(token: RequestToken, staged: string, choices: Choices): Promise<void> {
    this.phase = { kind: 'reading' };
    const found = await this.#context.api.call('model:inspect', { staged, ...choices });
    if (token.isStale) return;
    if (found.ok) this.#propose(found.value);
    else if (found.error.code === 'size-open') {
      this.form = EMPTY;
      this.phase = { kind: 'asking', error: found.error };
    } else this.#fail(token, found.error);
  }

  change(changes: Partial<ModelForm>): void {
    this.form = { ...this.form, ...changes };
    if (changes.shape !== undefined) this.form = { ...this.form, imageSet: this.fitting[0]?.id ?? '' };
  }

  /** Takes the model in as the form says. */
  async start(): Promise<void> {
    if (this.phase.kind !== 'choosing' || this.#staged === undefined) return;
    const { found } = this.phase;
    const { name, codeLayer, shape, order, pixels, imageSet } = this.form;
    const inputShape = shapeOf(shape);
    if (inputShape === undefined) return;
    this.phase = { kind: 'importing', found };
    this.problem = undefined;
    const result = await this.#context.api.call('model:import', {
      staged: this.#staged,
      name,
      codeLayer,
      inputShape,
      ...(found.takesRows ? { order } : {}),
      pixels,
      ...(imageSet === '' ? {} : { imageSet }),
    });
    const isLeft = this.#isLeft;
    this.#isLeft = false;
    const isStopped = !result.ok && result.error.code === 'stopped';
    if (result.ok || isLeft) {
      this.phase = { kind: 'none' };
      this.dismiss();
      // Who has left it went to do something else: the model waits in the list.
      if (result.ok && !isLeft) await this.#context.showImported(result.value.runId);
      if (!result.ok && !isStopped) this.phase = { kind: 'failed', error: result.error };
    } else {
      if (!isStopped) this.problem = result.error;
      this.phase = { kind: 'choosing', found };
    }
  }

  /** Stops the model's being taken in: nothing of it is kept, and it can be taken in otherwise. */
  async stop(): Promise<void> {
    if (this.phase.kind !== 'importing' || this.phase.stopping || this.#staged === undefined) return;
    this.phase = { ...this.phase, stopping: true };
    const result = await this.#context.api.call('model:cancel-import', { staged: this.#staged });
    // It has ended meanwhile: its own answer tells how.
    if (result.ok || this.phase.kind !== 'importing') return;
    const { kind, found, step } = this.phase;
    this.phase = { kind, found, ...(step === undefined ? {} : { step }) };
  }

  /** Lets go of what was handed over. A model that is being taken in goes on out of sight: nothing is shown when it is there. */
  dismiss(): void {
    if (this.phase.kind === 'importing') {
      this.#isLeft = true;
      return;
    }
    this.#beginnings.cancel();
    this.phase = { kind: 'none' };
    this.problem = undefined;
    const staged = this.#staged;
    this.#staged = undefined;
    if (staged !== undefined) void this.#release(staged);
  }

  #told(staged: string, step: string): void {
    if (this.phase.kind === 'importing' && staged === this.#staged) this.phase = { ...this.phase, step };
  }

  #propose(found: FoundModel): void {
    this.phase = { kind: 'choosing', found };
    this.form = { ...EMPTY, name: found.name, codeLayer: found.codeLayer };
    this.change({ shape: found.inputShape?.join('×') ?? '' });
  }

  #fail(token: RequestToken, error: ErrorData): void {
    if (!token.isStale) this.phase = { kind: 'failed', error };
  }

  /** Whether it worked matters to nobody here: the host lets go of everything when the window does. */
  async #release(staged: string): Promise<void> {
    await this.#context.api.call('files:release', { staged });
  }
}

/** "28×28×1" as numbers; undefined for anything else. */
export function shapeOf(text: string): [height: number, width: number, channels: 1 | 3] | undefined {
  const [height = 0, width = 0, channels = 1, ...more] = text.split(/[x×]/i).map(Number);
  const fits = (side: number): boolean => Number.isInteger(side) && side >= 1 && side <= 1_024;
  if (more.length > 0 || !fits(height) || !fits(width) || (channels !== 1 && channels !== 3)) return undefined;
  return [height, width, channels];
}

/** Whether a file is one that models begin with: of a folder, its model.json. */
export const isModelFile = ({ path }: HandedFile): boolean =>
  /(?:(?:^|\/)model\.json|\.(?:keras|h5|hdf5|onnx))$/i.test(path);
