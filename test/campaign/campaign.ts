import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { engineEnvironment } from '../../electron/host/engine-environment.ts';
import { RunStore } from '../../electron/host/run-store.ts';
import { below, randomFrom } from '../random.ts';
import { leftBy } from '../training/left-by.ts';
import { readWhole } from '../training/whole-files.ts';
import type { ExperimentName } from './experiments.ts';
import { runId, type Told } from './told.ts';

const victim = join(import.meta.dirname, 'victim.ts');

export interface Plan {
  readonly experiment: ExperimentName;
  /** Of each run; by default as many as the experiment has. */
  readonly epochs?: number;
  readonly kills: number;
  readonly seed: number;
}

export interface Outcome {
  readonly kills: number;
  /** Runs that were trained under them to their ends. */
  readonly runs: number;
  /** Files read after the kills, all of them whole. */
  readonly filesRead: number;
  /** Kills after which the run was taken up. */
  readonly resumed: number;
  /** Sentences for what was not as promised; empty where all was. */
  readonly problems: readonly string[];
}

/** What one life of the victim has come to. */
interface Life {
  readonly killed: boolean;
  readonly calls: number;
  readonly epochsEnded: number;
  readonly resumedIn: number | undefined;
  readonly problems: readonly string[];
}

/** Lives that a run is expected to have: it is killed within so large a share of all its calls. */
const LIVES = 6;

/**
 * Trains an experiment in a process that is killed (SIGKILL) at random moments, as often as asked, each time in a new process
 * that takes it up; then compares all that it left with what an uninterrupted run leaves. A run that ends before all kills are
 * done is followed by another.
 */
export async function campaign(plan: Plan, say: (line: string) => void): Promise<Outcome> {
  const { experiment, kills, seed } = plan;
  const folder = await mkdtemp(join(tmpdir(), 'studio-campaign-'));
  try {
    const whole = join(folder, 'whole');
    const alive = await live(whole, plan, Number.POSITIVE_INFINITY, 0);
    const expected = await leftBy(RunFolder.under(whole, runId));
    const random = randomFrom(seed);
    const rounds: Round[] = [];
    for (let left = kills; left > 0 || rounds.length === 0; left -= rounds.at(-1)?.kills ?? 0) {
      const data = join(folder, `killed-${rounds.length}`);
      const moment = (): readonly [number, number] => [
        1 + below(random, Math.ceil((2 * alive.calls) / LIVES)),
        below(random, 20),
      ];
      const round = await trainKilled(data, plan, left, moment, say);
      if (!isDeepStrictEqual(await leftBy(RunFolder.under(data, runId)), expected)) {
        round.problems.push(`${experiment}: left other bits than a run that was never interrupted.`);
      }
      rounds.push(round);
    }
    const sum = (of: (round: Round) => number): number => rounds.reduce((all, round) => all + of(round), 0);
    return {
      kills: sum((round) => round.kills),
      runs: rounds.length,
      filesRead: sum(({ filesRead }) => filesRead),
      resumed: sum((round) => round.resumed),
      problems: [...alive.problems, ...rounds.flatMap(({ problems }) => problems)],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Round {
  kills: number;
  resumed: number;
  filesRead: number;
  readonly problems: string[];
}

/** One run to its end, killed at most so many times. */
async function trainKilled(
  data: string,
  plan: Plan,
  kills: number,
  moment: () => readonly [number, number],
  say: (line: string) => void,
): Promise<Round> {
  const round: Round = { kills: 0, resumed: 0, filesRead: 0, problems: [] };
  let epochsTold = 0;
  for (;;) {
    const [atCall, laterMs] = round.kills < kills ? moment() : [Number.POSITIVE_INFINITY, 0];
    const life = await live(data, plan, atCall, laterMs);
    round.problems.push(...life.problems);
    if (life.resumedIn !== undefined) round.resumed += 1;
    if (life.resumedIn !== undefined && life.resumedIn <= epochsTold) {
      round.problems.push(`Epoch ${epochsTold} had been told as ended, and was trained again.`);
    }
    epochsTold = Math.max(epochsTold, life.epochsEnded);
    if (!life.killed) return round;
    round.kills += 1;
    const found = await afterKill(data);
    round.filesRead += found.files;
    round.problems.push(...found.problems);
    say(`${plan.experiment}: killed after ${life.calls} calls, ${epochsTold} epochs; ${found.files} files read`);
  }
}

/** What the next start of the app finds. */
export async function afterKill(
  data: string,
): Promise<{ readonly files: number; readonly problems: readonly string[] }> {
  const [summary] = await new RunStore(data).list(undefined);
  const { damaged, files } = await readWhole(RunFolder.under(data, summary?.id ?? ''));
  if (summary?.status === 'interrupted' && summary.resumable) return { files, problems: damaged };
  return { files, problems: [...damaged, `Expected a run that can be resumed, found ${JSON.stringify(summary)}.`] };
}

/** One process, killed so many milliseconds after it has called its runner so many times. */
async function live(data: string, { experiment, epochs }: Plan, atCall: number, laterMs: number): Promise<Life> {
  const asked = epochs === undefined ? [] : ['--epochs', String(epochs)];
  const child = fork(victim, ['--data', data, '--experiment', experiment, ...asked], {
    execArgv: ['--no-warnings'],
    env: engineEnvironment(1),
  });
  let [calls, epochsEnded] = [0, 0];
  let resumedIn: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const problems: string[] = [];
  child.on('message', (told: Told) => {
    if (told.kind === 'epoch') epochsEnded = told.epoch;
    if (told.kind === 'resumed') resumedIn = told.epoch;
    if (told.kind === 'resumed') problems.push(...told.problems);
    if (told.kind === 'ended' && told.status !== 'finished') problems.push(told.problem ?? told.status);
    if (told.kind === 'step') calls += 1;
    if (calls === atCall) timer ??= setTimeout(() => child.kill('SIGKILL'), laterMs);
  });
  const signal = await endOf(child);
  clearTimeout(timer);
  if (signal === null && child.exitCode !== 0) problems.push(`The victim ended with exit code ${child.exitCode}.`);
  return { killed: signal === 'SIGKILL', calls, epochsEnded, resumedIn, problems };
}

function endOf(child: ChildProcess): Promise<NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, signal) => resolve(signal));
  });
}
