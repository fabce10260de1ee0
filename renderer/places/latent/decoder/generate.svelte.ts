import { toErrorData, type ErrorData } from '../../../../electron/domain/errors.ts';
import type { ImageColumns } from '../../../../electron/domain/words.ts';
import type { Code } from './live.svelte.ts';
import type { DecoderModel, NearImages } from './decoder-model.ts';
import type { TrainingCodes } from './training.svelte.ts';
import type { FitDensity } from '../../../maths/fit-density.ts';
import { codePartsOf, withClasses } from '../../../maths/classes.ts';
import { sampleMixture, samplePrior, type Mixture } from '../../../maths/mixture.ts';
import { readWhole } from '../../../widgets/read-number.ts';

export interface Generated {
  readonly codes: Code;
  readonly images: ImageColumns;
  readonly seed: number;
  /** The nearest training image of each; absent where the image set is gone. */
  readonly nearest?: NearImages;
}

export const GENERATED_COUNTS = [12, 24, 48] as const;

export type DrawnFrom = 'prior' | 'density';

/** The density's own seed: the same mixture for a model, whatever is drawn from it. */
const FIT_SEED = 1;
const MOST_SEED = 2 ** 31 - 1;

/** New pictures, decoded from codes drawn at random. */
export class Generator {
  readonly #model: DecoderModel;
  readonly #training: TrainingCodes;
  readonly #fit: FitDensity;
  mixture = $state.raw<Mixture>();
  made = $state.raw<Generated>();
  problem = $state.raw<ErrorData>();
  /** What is being done, in a word; empty when nothing is. */
  working = $state('');
  count = $state<number>(12);
  /** As typed. */
  seed = $state('1');

  /** The class that all are drawn of, from 0; nothing: of each in turn. Only where the code has classes. */
  ofClass = $state<number>();

  readonly isPrior: boolean;
  /** Whether codes can be drawn from either: the model was trained towards a prior, and its training images are there. */
  readonly hasChoice: boolean;
  /** The prior, or a density fitted to the training codes, which leaves the gaps between them out. */
  from = $state<DrawnFrom>('prior');
  readonly drawsPrior: boolean = $derived.by(() => this.isPrior && this.from === 'prior');
  readonly seedProblem = $derived(
    readSeed(this.seed) === undefined ? `must be a whole number, 0–${MOST_SEED}` : undefined,
  );

  constructor(model: DecoderModel, training: TrainingCodes, fit: FitDensity) {
    this.#model = model;
    this.#training = training;
    this.#fit = fit;
    const { hasPrior, hasImageSet, spec } = model.details;
    this.isPrior = hasPrior;
    this.hasChoice = hasPrior && hasImageSet && codePartsOf(spec) === undefined;
  }

  /** Draws with the seed as typed; does nothing while it cannot be read or while pictures are being made. */
  async generate(): Promise<void> {
    const seed = readSeed(this.seed);
    if (seed === undefined || this.working !== '') return;
    this.problem = undefined;
    try {
      const codes = await this.#draw(seed);
      if (codes) await this.#show(codes, seed);
    } catch (error) {
      this.problem = toErrorData(error);
    }
    this.working = '';
  }

  /** The same with the next seed. */
  async another(): Promise<void> {
    const seed = readSeed(this.seed) ?? 0;
    this.seed = String(seed >= MOST_SEED ? 0 : seed + 1);
    await this.generate();
  }

  async #draw(seed: number): Promise<Code | undefined> {
    const { size, details } = this.#model;
    const parts = codePartsOf(details.spec);
    if (parts) {
      const styles = samplePrior(parts.style, this.count, seed);
      return withClasses(parts, styles, (row) => this.ofClass ?? row % parts.classes);
    }
    if (this.drawsPrior) return samplePrior(size, this.count, seed);
    if (details.codebook) return this.#drawIndices(seed);
    if (!this.mixture) {
      const { points } = this.#model.explorer;
      if (!points)
        throw new Error('Expected the model’s image set to fit a density to its codes, found that it is gone.');
      this.working = 'Encoding the training images…';
      await this.#training.load(points);
      this.problem = this.#training.problem;
      if (!this.#training.codes) return undefined;
      this.working = 'Fitting a density to their codes…';
      this.mixture = await this.#fit(this.#training.codes, size, FIT_SEED);
    }
    return sampleMixture(this.mixture, this.count, seed);
  }

  async #drawIndices(seed: number): Promise<Code | undefined> {
    this.working = 'Drawing indices…';
    const { api, ref } = this.#model;
    const drawn = await api.call('model:draw', { model: ref, count: this.count, seed });
    this.problem = drawn.ok ? undefined : drawn.error;
    return drawn.ok ? new Float32Array(drawn.value.codes) : undefined;
  }

  async #show(codes: Code, seed: number): Promise<void> {
    this.working = 'Decoding…';
    const decoded = await this.#model.decode(codes);
    if (!decoded.ok) return void (this.problem = decoded.error);
    const made = { codes, images: decoded.value, seed };
    if (!this.#model.details.hasImageSet) return void (this.made = made);
    const nearest = await this.#model.nearest(codes, 'training', 1);
    this.made = nearest.ok ? { ...made, nearest: nearest.value } : made;
    if (!nearest.ok) this.problem = nearest.error;
  }
}

function readSeed(text: string): number | undefined {
  const seed = readWhole(text);
  return seed <= MOST_SEED ? seed : undefined;
}
