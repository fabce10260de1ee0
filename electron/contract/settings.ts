import * as v from 'valibot';

/** More than any machine has; how many this one has, the host checks. */
const MOST_THREADS = 1_024;

/** What a person may choose for all runs: kept in the data folder, not with an experiment. */
export const SettingsSchema = v.strictObject({
  /** Threads that the engine computes with; absent: one for each core. */
  threads: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer('must be a whole number'),
      v.minValue(1, 'must be at least 1'),
      v.maxValue(MOST_THREADS, `must be at most ${MOST_THREADS}`),
    ),
  ),
});
export type Settings = v.InferOutput<typeof SettingsSchema>;

export interface SettingsAnswer {
  readonly settings: Settings;
  /** The cores of this machine: the most threads that can be chosen. */
  readonly cores: number;
  /** What is wrong with the settings' file, naming it; the defaults are used meanwhile. */
  readonly problem?: string;
}
