import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { isAlive } from '../../electron/files/process-alive.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { engineEnvironment } from '../../electron/host/engine-environment.ts';
import { below, randomFrom } from '../random.ts';
import { leftBy } from '../training/left-by.ts';
import { afterKill, type Outcome } from './campaign.ts';
import type { Told } from './told.ts';

const app = join(import.meta.dirname, 'app.ts');

/** Messages of progress after which the next kill comes, at most. */
const MOST_MESSAGES = 25;

/**
 * The same for the app itself, whose engine is a process of its own: either the engine is killed, and the app goes on with
 * another, or the whole app, and another is started.
 */
export async function appCampaign(kills: number, seed: number, say: (line: string) => void): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'studio-campaign-'));
  try {
    const whole = new KilledApp(join(folder, 'whole'), seed, say);
    await whole.train(0);
    const expected = await leftBy(await whole.run());
    const outcomes: KilledApp[] = [];
    for (let left = kills; left > 0; left -= outcomes.at(-1)?.kills ?? left) {
      const killed = new KilledApp(join(folder, `killed-${outcomes.length}`), seed + outcomes.length, say);
      await killed.train(left);
      if (!isDeepStrictEqual(await leftBy(await killed.run()), expected)) {
        killed.problems.push('app: left other bits than a run that was never interrupted.');
      }
      outcomes.push(killed);
      // One that ended before it could be killed would be repeated without end.
      if (killed.kills === 0) killed.problems.push('app: expected it to be killed, but it had ended before.');
    }
    const sum = (of: (one: KilledApp) => number): number => outcomes.reduce((all, one) => all + of(one), 0);
    return {
      kills: sum((one) => one.kills),
      runs: outcomes.length,
      filesRead: sum((one) => one.filesRead),
      resumed: sum((one) => one.resumed),
      problems: [...whole.problems, ...outcomes.flatMap(({ problems }) => problems)],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One run of the app to its end, through as many kills as it lives to see. */
class KilledApp {
  kills = 0;
  resumed = 0;
  filesRead = 0;
  readonly problems: string[] = [];
  private readonly data: string;
  private readonly random: () => number;
  private readonly say: (line: string) => void;
  private epochsTold = 0;

  constructor(data: string, seed: number, say: (line: string) => void) {
    this.data = data;
    this.random = randomFrom(seed);
    this.say = say;
  }

  async run(): Promise<RunFolder> {
    const [id = ''] = await readdir(join(this.data, 'runs'));
    return RunFolder.under(this.data, id);
  }

  async train(kills: number): Promise<void> {
    while (!(await this.live(kills))) await this.look('app');
  }

  /** One process of the app. @returns whether it has trained the run to its end */
  private async live(kills: number): Promise<boolean> {
    const child = fork(app, ['--data', this.data], { execArgv: ['--no-warnings'], env: engineEnvironment(1) });
    let finished = false;
    let left = this.moment(kills);
    let killing = Promise.resolve();
    child.on('message', (told: Told) => {
      this.hear(told);
      if (told.kind === 'ended' && told.status === 'interrupted') {
        left = this.moment(kills);
        void this.look('engine').then(() => child.send('resume'));
      } else if (told.kind === 'ended') finished = told.status === 'finished';
      if (told.kind !== 'step') return;
      left -= 1;
      if (left === 0) killing = this.kill(child);
    });
    await once(child, 'close');
    await killing;
    return finished || this.problems.length > 0;
  }

  private moment(kills: number): number {
    return this.kills < kills ? 1 + below(this.random, MOST_MESSAGES) : Number.POSITIVE_INFINITY;
  }

  private async kill(child: ChildProcess): Promise<void> {
    const { processId } = await (await this.run()).readState();
    await after(below(this.random, 40));
    if (child.exitCode !== null) return;
    this.kills += 1;
    if (this.random() < 0.5) process.kill(processId, 'SIGKILL');
    else {
      child.kill('SIGKILL');
      // The engine ends when it finds that nobody is left.
      while (isAlive(processId)) await after(5);
    }
  }

  private hear(told: Told): void {
    if (told.kind === 'epoch') this.epochsTold = told.epoch;
    if (told.kind === 'resumed') {
      this.resumed += 1;
      this.problems.push(...told.problems);
      if (told.epoch <= this.epochsTold) {
        this.problems.push(`app: epoch ${this.epochsTold} had been told as ended, and was trained again.`);
      }
    }
    if (told.kind === 'ended' && told.status === 'failed') this.problems.push(told.problem ?? 'failed');
  }

  private async look(killed: 'app' | 'engine'): Promise<void> {
    const { files, problems } = await afterKill(this.data);
    this.filesRead += files;
    this.problems.push(...problems);
    this.say(
      `${killed === 'app' ? 'whole app' : 'its engine'}: killed after ${this.epochsTold} epochs; ${files} files read`,
    );
  }
}
