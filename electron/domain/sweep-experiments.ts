import type { Experiment } from './experiment.ts';

const LONGEST_NAME = 120;

/** An experiment a size, told to belong together by the sweep's id; each begins with weights of its own. */
export function sweepExperiments(
  base: Experiment,
  sizes: readonly number[],
  epochs: number,
  sweep: string,
): readonly Experiment[] {
  const own = { ...base };
  // No other model's weights fit all sizes.
  delete own.startFrom;
  return sizes.map((size) => {
    const ending = `, code ${size}`;
    return {
      ...own,
      name: `${base.name.slice(0, LONGEST_NAME - ending.length)}${ending}`,
      sweep,
      model: { ...base.model, code: { ...base.model.code, size } },
      training: { ...base.training, epochs },
    };
  });
}

/** "sweep-20261125-0433-k3f9": when it was asked for, and something by chance. */
export function sweepId(now: Date, chance: number): string {
  const digits = now.toISOString().replaceAll(/\D/g, '');
  return `sweep-${digits.slice(0, 8)}-${digits.slice(8, 12)}-${chance.toString(36).slice(2, 6).padEnd(4, '0')}`;
}
