import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { ModelProgress, ModelRef } from '../../../electron/contract/models.ts';

/** What a map's principal components are computed of. */
export interface PlaneOf {
  readonly imageSet: string;
  readonly validationCount: number;
}

/** How much of what the maps wait for is done, as the engine tells it. */
export class Measuring {
  #ofModel = $state.raw<ModelProgress>();
  #ofPlane = $state.raw<PlaneOf & { readonly fraction: number }>();

  constructor(api: StudioApi) {
    api.listen('model:progressed', (progress) => (this.#ofModel = progress));
    api.listen('image-set:plane-progressed', (progress) => (this.#ofPlane = progress));
  }

  /** 0-1; nothing before anything has been told of it, and where it is told of another model. */
  model(ref: ModelRef | undefined, kind: ModelProgress['kind']): number | undefined {
    const told = this.#ofModel;
    const isOf = told?.kind === kind && told.model.runId === ref?.runId && told.model.weights === ref.weights;
    return isOf ? told.fraction : undefined;
  }

  /** The same of the principal components. */
  plane({ imageSet, validationCount }: PlaneOf): number | undefined {
    const told = this.#ofPlane;
    return told?.imageSet === imageSet && told.validationCount === validationCount ? told.fraction : undefined;
  }

  /** Another model, or another split of its images: what was told is of what was there before. */
  forget(): void {
    this.#ofModel = undefined;
    this.#ofPlane = undefined;
  }
}
