import type { ModelSpec, TrainingSpec } from './experiment.ts';
/**
 * Whether new codes can be drawn from the standard normal: training drew the model's codes from it, or to it.
 * @param training where it is known how the model was trained
 */
export declare const hasPrior: ({ code }: Pick<ModelSpec, 'code'>, training: TrainingSpec | undefined) => boolean;
