import { setTimeout as pause } from 'node:timers/promises';
import { toErrorData } from '../../electron/domain/errors.ts';
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
  /** By performance.now(): nothing is asked after it, and what is under way is cut short. */
  readonly deadline: number;
  readonly say: Say;
}

/** Lets the thread pools of the contender before fall asleep. */
export const SETTLE_MS = 250;

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
    // All import at once; none is timed before the last is there.
    await each(racers, (racer) => imported(racer, options), options);
    await each(racers, (racer) => prepare(racer, job, options), options);
    await inRounds(racers, options, round(options));
    await each(racers, (racer) => remember(racer, options), options);
    if (options.encode) await inRounds(racers, options, encode(job, options));
    if (options.prepareAgain) await each(racers, prepareAgain(job, options), options);
  } finally {
    await Promise.all(racers.map((racer) => racer.child.quit()));
  }
  return racers.map(finished);
}

function start({ entrant, encodes }: Listed): Racer {
  const child = new ContenderProcess(entrant);
  return { child, encodes, stepsPerSecond: [], encodedPerSecond: [], count: 0, entry: { contender: entrant.name } };
}

async function imported(racer: Racer, options: RoundOptions): Promise<void> {
  await racer.child.ask('memory', {}, limitOf(options));
}

async function prepare(racer: Racer, job: Job, options: RoundOptions): Promise<void> {
  const { prepareSeconds, lastLoss, notes } = await racer.child.ask('prepare', { job }, limitOf(options));
  const { seconds } = await racer.child.ask('steps', { count: job.block }, limitOf(options));
  racer.count = Math.max(1, Math.round(options.seconds / seconds)) * job.block;
  racer.entry = { ...racer.entry, prepareSeconds, firstLoss: lastLoss, notes };
  options.say(`  ${racer.child.name}: ready in ${prepareSeconds.toFixed(1)} s`);
}

function round(options: RoundOptions): (racer: Racer) => Promise<void> {
  return async (racer) => {
    const { seconds, lastLoss } = await racer.child.ask('steps', { count: racer.count }, limitOf(options));
    racer.stepsPerSecond.push(racer.count / seconds);
    racer.entry = { ...racer.entry, lastLoss };
  };
}

function encode(job: Job, options: RoundOptions): (racer: Racer) => Promise<void> {
  return async (racer) => {
    if (!racer.encodes) return;
    const [side, , channels] = job.model.inputShape;
    const { seconds, count } = await racer.child.ask('encode', { side, channels }, limitOf(options));
    racer.encodedPerSecond.push(count / seconds);
  };
}

function prepareAgain(job: Job, options: RoundOptions): (racer: Racer) => Promise<void> {
  return async (racer) => {
    const { prepareSeconds } = await racer.child.ask('prepare', { job }, limitOf(options));
    racer.entry = { ...racer.entry, prepareAgainSeconds: prepareSeconds };
  };
}

async function remember(racer: Racer, options: RoundOptions): Promise<void> {
  const { peakBytes } = await racer.child.ask('memory', {}, limitOf(options));
  racer.entry = { ...racer.entry, peakBytes };
  const { median } = spread(racer.stepsPerSecond);
  options.say(`  ${racer.child.name}: ${median.toPrecision(3)} steps/s`);
}

async function inRounds(
  racers: readonly Racer[],
  options: RoundOptions,
  act: (racer: Racer) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < options.rounds; at++) await each(rotated(racers, at), act, options);
}

async function each(
  racers: readonly Racer[],
  act: (racer: Racer) => Promise<void>,
  options: RoundOptions,
): Promise<void> {
  for (const racer of racers) {
    if (racer.entry.problem || performance.now() > options.deadline) continue;
    try {
      await act(racer);
    } catch (error) {
      racer.entry = { ...racer.entry, problem: explained(error, options.say) };
    }
    await pause(SETTLE_MS);
  }
}

/** Seconds the next answer may take. */
export function limitOf({ limit, deadline }: Pick<RoundOptions, 'limit' | 'deadline'>): number {
  return Math.max(1, Math.min(limit, (deadline - performance.now()) / 1_000));
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
