import { StudioError } from './errors.ts';
import type { Experiment, ModelSpec } from './experiment.ts';

const LONGEST_NAME = 120;
const ROW_SIZES = [2, 4, 8, 16, 32, 64, 128];
const IMAGE_CHANNELS = [1, 2, 4, 8, 16, 32];

/** How many numbers a channel of the code holds: a row's one, an image's one a place. */
const numbersAChannel = ({ size, map }: ModelSpec['code']): number => (map === undefined ? 1 : size / map.channels);

/** What a sweep of this model tries when nothing else is said. */
export function usualSizes({ code }: Pick<ModelSpec, 'code'>): readonly number[] {
  return code.map === undefined ? ROW_SIZES : IMAGE_CHANNELS.map((channels) => channels * numbersAChannel(code));
}

/** What is wrong with sizes for this model's code, after "must". */
export function sizesProblem({ code }: Pick<ModelSpec, 'code'>, sizes: readonly number[]): string | undefined {
  const places = numbersAChannel(code);
  const unfit = sizes.find((size) => size % places !== 0);
  return unfit === undefined
    ? undefined
    : `be multiples of ${places}, as the code is an image of ${places} places, found ${unfit}`;
}

/** Of an image the channels follow. */
function codeOf(code: ModelSpec['code'], size: number): ModelSpec['code'] {
  const { map } = code;
  return { ...code, size, ...(map === undefined ? {} : { map: { ...map, channels: size / numbersAChannel(code) } }) };
}

/**
 * An experiment a size, told to belong together by the sweep's id; each begins with weights of its own.
 * @throws StudioError `bad-spec` where a size is none of this model's code
 */
export function sweepExperiments(
  base: Experiment,
  sizes: readonly number[],
  epochs: number,
  sweep: string,
): readonly Experiment[] {
  const problem = sizesProblem(base.model, sizes);
  if (problem !== undefined) throw new StudioError('bad-spec', `Code sizes must ${problem}.`);
  const own = { ...base };
  // No other model's weights fit all sizes.
  delete own.startFrom;
  return sizes.map((size) => {
    const ending = `, code ${size}`;
    return {
      ...own,
      name: `${base.name.slice(0, LONGEST_NAME - ending.length)}${ending}`,
      sweep,
      model: { ...base.model, code: codeOf(base.model.code, size) },
      training: { ...base.training, epochs },
    };
  });
}

/** "sweep-20261125-0433-k3f9": when it was asked for, and something by chance. */
export function sweepId(now: Date, chance: number): string {
  const digits = now.toISOString().replaceAll(/\D/g, '');
  return `sweep-${digits.slice(0, 8)}-${digits.slice(8, 12)}-${chance.toString(36).slice(2, 6).padEnd(4, '0')}`;
}
