import { ContenderProcess, type Entrant } from './contender.ts';
import type { Job } from './jobs.ts';
import type { Quality } from './protocol.ts';
import { explained, limitOf, type RoundOptions } from './rounds.ts';
import { rotated, spread, type Spread } from './spread.ts';

export type QualityOptions = Pick<RoundOptions, 'rounds' | 'limit' | 'deadline' | 'say'>;

export interface QualityEntry {
  readonly contender: string;
  /** Wall seconds from the start of the process, imports and compilation included. */
  readonly seconds?: Spread;
  readonly last?: Quality;
  readonly problem?: string;
}

/** Trains to an error from a fresh process, in every contender and in alternating rounds. */
export async function raceToQuality(
  job: Job,
  target: number,
  entrants: readonly Entrant[],
  options: QualityOptions,
): Promise<readonly QualityEntry[]> {
  const seconds = new Map(entrants.map((entrant) => [entrant, [] as number[]]));
  const entries = new Map<Entrant, QualityEntry>();
  for (let at = 0; at < options.rounds; at++) {
    for (const entrant of rotated(entrants, at)) {
      if (entries.get(entrant)?.problem || performance.now() > options.deadline) continue;
      const child = new ContenderProcess(entrant);
      try {
        const last = await child.ask('timeToQuality', { job, target }, limitOf(options));
        const wall = (performance.now() - child.startedAt) / 1_000;
        options.say(`  ${entrant.name}: ${wall.toFixed(1)} s to MSE ${last.validationMse.toFixed(5)}`);
        seconds.get(entrant)!.push(wall);
        const missed = last.reached ? {} : { problem: `still at MSE ${last.validationMse} after ${last.epoch} epochs` };
        entries.set(entrant, { contender: entrant.name, seconds: spread(seconds.get(entrant)!), last, ...missed });
      } catch (error) {
        entries.set(entrant, { contender: entrant.name, problem: explained(error, options.say) });
      } finally {
        await child.quit();
      }
    }
  }
  return entrants.map((entrant) => entries.get(entrant) ?? { contender: entrant.name, problem: 'no time left' });
}
