import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { ImportResult } from './import-race.ts';
import type { JobKind } from './jobs.ts';
import type { QualityEntry } from './quality.ts';
import type { Entry } from './rounds.ts';

export const sweepNames = ['batch', 'width', 'size', 'convolution'] as const;
export type SweepName = (typeof sweepNames)[number];

/** One job's figures, every contender's. */
export interface JobResult {
  readonly job: string;
  readonly kind: JobKind;
  readonly batch: number;
  readonly entries: readonly Entry[];
}

/** One point of a sweep: `value` is the batch, the width's factor, the side in pixels, or images and batch in words. */
export interface SweepPoint extends JobResult {
  readonly sweep: SweepName;
  readonly value: number | string;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly threads: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Processes that wanted a core, averaged over the minute before the benchmark began and before it ended. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

/** All of a benchmark's figures: what `--json` writes. */
export interface Results {
  readonly version: 1;
  /** ISO 8601. */
  readonly date: string;
  /** `npm run bench -- --quick`, without the options that only say where figures go. */
  readonly command: string;
  readonly minutes: number;
  readonly machine: Machine;
  /** `torch==2.15.0` and so on; tfjs-node's and TensorFlow's among them. */
  readonly packages: readonly string[];
  readonly jobs: readonly JobResult[];
  readonly sweeps: readonly SweepPoint[];
  readonly quality?: { readonly targetMse: number; readonly entries: readonly QualityEntry[] };
  readonly imports: readonly ImportResult[];
  /** What was asked for and not measured, and why. */
  readonly leftOut: readonly string[];
}

export function describeMachine(threads: number, loadBefore: number): Machine {
  return {
    processor: `${os.cpus()[0]?.model.trim() ?? os.arch()}${vectorUnits()}`,
    cores: os.availableParallelism(),
    threads,
    memoryGb: Math.round(os.totalmem() / 1e9),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    loadBefore,
    loadAfter: os.loadavg()[0]!,
  };
}

/** Which vector instructions the processor has decides more than its name. */
function vectorUnits(): string {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
    const units = ['avx2', 'avx512f', 'amx_tile'].filter((flag) => flags.includes(flag));
    return units.length ? ` (${units.join(', ')})` : '';
  } catch {
    return '';
  }
}
