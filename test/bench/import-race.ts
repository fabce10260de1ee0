import { setTimeout as pause } from 'node:timers/promises';
import { StudioError } from '../../electron/domain/errors.ts';
import { ContenderProcess, type Entrant } from './contender.ts';
import type { Pictures } from './pictures.ts';
import { explained, limitOf, SETTLE_MS, type RoundOptions } from './rounds.ts';
import { rotated, spread, type Spread } from './spread.ts';

export interface ImportEntry {
  readonly contender: string;
  /** Pictures a second. */
  readonly perSecond?: Spread;
  readonly peakBytes?: number;
  readonly problem?: string;
}

export interface ImportResult {
  readonly name: ImportName;
  /** `10,000 PNG files of 28 × 28` */
  readonly title: string;
  readonly entries: readonly ImportEntry[];
}

export const importNames = ['small-png', 'small-photographs', 'photographs'] as const;
export type ImportName = (typeof importNames)[number];

export type ImportOptions = Pick<RoundOptions, 'rounds' | 'limit' | 'deadline' | 'say'>;

/** Imports the same pictures in every contender, in alternating rounds as trainings are. */
export async function raceToImport(
  pictures: Pictures,
  entrants: readonly Entrant[],
  options: ImportOptions,
): Promise<readonly ImportEntry[]> {
  const racers = entrants.map((entrant) => ({
    child: new ContenderProcess(entrant),
    rates: [] as number[],
    entry: { contender: entrant.name } as ImportEntry,
  }));
  const { folder, count, side, channels } = pictures;
  const act = async (racer: (typeof racers)[number], work: () => Promise<void>): Promise<void> => {
    if (racer.entry.problem || performance.now() > options.deadline) return;
    await work().catch((error: unknown) => {
      racer.entry = { ...racer.entry, problem: explained(error, options.say) };
    });
    await pause(SETTLE_MS);
  };
  try {
    // All libraries are imported before the first is timed.
    for (const racer of racers) {
      await act(racer, async () => void (await racer.child.ask('memory', {}, limitOf(options))));
    }
    for (let at = 0; at < options.rounds; at++) {
      for (const racer of rotated(racers, at)) {
        await act(racer, async () => {
          const done = await racer.child.ask('import', { folder, side, channels }, limitOf(options));
          if (done.count !== count) {
            throw new StudioError(
              'engine-failed',
              `${racer.child.name}: expected ${count} pictures, found ${done.count}`,
            );
          }
          racer.rates.push(count / done.seconds);
          options.say(`  ${racer.child.name}: ${(count / done.seconds).toPrecision(3)} pictures/s`);
        });
      }
    }
    for (const racer of racers) {
      await act(racer, async () => {
        const { peakBytes } = await racer.child.ask('memory', {}, limitOf(options));
        racer.entry = { ...racer.entry, peakBytes };
      });
    }
  } finally {
    await Promise.all(racers.map(({ child }) => child.quit()));
  }
  return racers.map(({ entry, rates }) => ({ ...entry, ...(rates.length ? { perSecond: spread(rates) } : {}) }));
}
