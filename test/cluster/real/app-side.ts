import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TOKEN_VARIABLE } from '../../../electron/contract/cluster.ts';
import type { EpochMetrics, TestMetrics } from '../../../electron/domain/words.ts';

const PROGRAM = join(import.meta.dirname, '../../../electron/cli/index.ts');

/** A line of the command line's --json. */
export type Told =
  | ({ readonly kind: 'epoch' } & EpochMetrics)
  | { readonly kind: 'resumed'; readonly problems: readonly string[] }
  | { readonly kind: 'ended'; readonly status: string; readonly problem?: string; readonly test?: TestMetrics };

export interface Ended {
  readonly code: number | null;
  readonly told: readonly Told[];
  readonly stdout: string;
  readonly stderr: string;
}

/** The app's side of a cluster run: the command line in a process of its own, which can be killed. */
export class AppSide {
  readonly ended: Promise<Ended>;
  /** On stderr, so far. */
  said = '';
  private readonly child: ChildProcess;

  /**
   * @param token empty for none
   * @param config the folder of its settings, caches and runs
   * @param hear every line of --json as it comes
   */
  constructor(
    args: readonly string[],
    token: string,
    config: string,
    hear: (told: Told, side: AppSide) => void = () => undefined,
  ) {
    const env = { ...process.env, XDG_CONFIG_HOME: config, [TOKEN_VARIABLE]: token };
    const child = spawn(process.execPath, ['--no-warnings', PROGRAM, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const told: Told[] = [];
    let stdout = '';
    child.stderr.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    createInterface({ input: child.stdout }).on('line', (line) => {
      stdout += `${line}\n`;
      if (!line.startsWith('{"kind"')) return;
      const each = JSON.parse(line) as Told;
      told.push(each);
      hear(each, this);
    });
    this.ended = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      told,
      stdout,
      stderr: this.said,
    }));
  }

  /** As a crash, or a power cut. */
  kill(): void {
    this.child.kill('SIGKILL');
  }
}
