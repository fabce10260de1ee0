import { setTimeout as pause } from 'node:timers/promises';
import { toErrorData } from '../../electron/contract/errors.ts';
import { ContenderProcess } from './contender.ts';
import type { Listed } from './entrants.ts';
import type { Job } from './jobs.ts';
import { rotated, spread, type Spread } from './spread.ts';

/** What one contender did on one job; absent figures were not measured. */
export interface Entry {
  readonly contender: string;
  readonly stepsPerSecond?: Spread;
  /** Images per second, over 70,000. */
  readonly encodedPerSecond?: Spread;
  /** From the request to the first block's loss in a process just started, and once more in the same process. */
  readonly prepareSeconds?: number;
  readonly prepareAgainSeconds?: number;
  readonly peakBytes?: number;
  readonly firstLoss?: number;
  readonly lastLoss?: number;
  readonly notes?: readonly string[];
  /** Why figures are missing. */
  readonly problem?: string;
}

export type Say = (line: string) => void;

export interface RoundOptions {
  readonly rounds: number;
  /** How long a contender trains in one round. */
  readonly seconds: number;
  readonly encode: boolean;
  readonly prepareAgain: boolean;
  /** Seconds a single answer may take. */
  readonly limit: number;
  readonly say: Say;
}

/** Lets the thread pools of the contender before fall asleep. */
const SETTLE_MS = 250;

interface Racer {
  readonly child: ContenderProcess;
  readonly encodes: boolean;
  readonly stepsPerSecond: number[];
  readonly encodedPerSecond: number[];
  count: number;
  entry: Entry;
}

/**
 * Trains one job in every contender, in alternating rounds: each round asks each of them in turn, starting one later
 * than the round before, so that a change in the machine's load meets all alike. One that fails is left behind.
 */
export async function race(job: Job, listed: readonly Listed[], options: RoundOptions): Promise<readonly Entry[]> {
  const racers = listed.map(start);
  try {
    await each(racers, (racer) => prepare(racer, job, options), options.say);
    await inRounds(racers, options, round(options));
    await each(racers, (racer) => remember(racer, options), options.say);
    if (options.encode) await inRounds(racers, options, encode(job, options));
    if (options.prepareAgain) await each(racers, prepareAgain(job, options), options.say);
  } finally {
    await Promise.all(racers.map((racer) => racer.child.quit()));
  }
  return racers.map(finished);
}

function start({ entrant, encodes }: Listed): Racer {
  const child = new ContenderProcess(entrant);
  return { child, encodes, stepsPerSecond: [], encodedPerSecond: [], count: 0, entry: { contender: entrant.name } };
}

async function prepare(racer: Racer, job: Job, options: RoundOptions): Promise<void> {
  const { prepareSeconds, lastLoss, notes } = await racer.child.ask('prepare', { job }, options.limit);
  const { seconds } = await racer.child.ask('steps', { count: job.block }, options.limit);
  racer.count = Math.max(1, Math.round(options.seconds / seconds)) * job.block;
  racer.entry = { ...racer.entry, prepareSeconds, firstLoss: lastLoss, notes };
  options.say(`  ${racer.child.name}: ready in ${prepareSeconds.toFixed(1)} s`);
}

function round({ limit }: RoundOptions): (racer: Racer) => Promise<void> {
  return async (racer) => {
    const { seconds, lastLoss } = await racer.child.ask('steps', { count: racer.count }, limit);
    racer.stepsPerSecond.push(racer.count / seconds);
    racer.entry = { ...racer.entry, lastLoss };
  };
}

function encode(job: Job, { limit }: RoundOptions): (racer: Racer) => Promise<void> {
  return async (racer) => {
    if (!racer.encodes) return;
    const { seconds, count } = await racer.child.ask('encode', { side: job.model.inputShape[0] }, limit);
    racer.encodedPerSecond.push(count / seconds);
  };
}

function prepareAgain(job: Job, { limit }: RoundOptions): (racer: Racer) => Promise<void> {
  return async (racer) => {
    const { prepareSeconds } = await racer.child.ask('prepare', { job }, limit);
    racer.entry = { ...racer.entry, prepareAgainSeconds: prepareSeconds };
  };
}

async function remember(racer: Racer, options: RoundOptions): Promise<void> {
  const { peakBytes } = await racer.child.ask('memory', {}, options.limit);
  racer.entry = { ...racer.entry, peakBytes };
  options.say(`  ${racer.child.name}: ${spread(racer.stepsPerSecond).median.toFixed(1)} steps/s`);
}

async function inRounds(
  racers: readonly Racer[],
  { rounds, say }: RoundOptions,
  act: (racer: Racer) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < rounds; at++) await each(rotated(racers, at), act, say);
}

async function each(racers: readonly Racer[], act: (racer: Racer) => Promise<void>, say: Say): Promise<void> {
  for (const racer of racers) {
    if (racer.entry.problem) continue;
    try {
      await act(racer);
    } catch (error) {
      racer.entry = { ...racer.entry, problem: explained(error, say) };
    }
    await pause(SETTLE_MS);
  }
}

/** Says what went wrong, with the end of what the contender printed, and returns the message. */
export function explained(error: unknown, say: Say): string {
  const { message, detail } = toErrorData(error);
  say(`  ${message}`);
  if (detail) say(detail.split('\n').slice(-8).join('\n'));
  return message;
}

function finished(racer: Racer): Entry {
  const { stepsPerSecond, encodedPerSecond } = racer;
  return {
    ...racer.entry,
    ...(stepsPerSecond.length ? { stepsPerSecond: spread(stepsPerSecond) } : {}),
    ...(encodedPerSecond.length ? { encodedPerSecond: spread(encodedPerSecond) } : {}),
  };
}
