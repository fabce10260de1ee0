import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFolder } from '../../electron/files/run-folder.ts';

/** All that a run leaves, but for what a clock has measured. */
export async function leftBy(folder: RunFolder): Promise<Record<string, unknown>> {
  const file = (...names: string[]): string =>
    createHash('sha256')
      .update(readFileSync(join(folder.path, ...names)))
      .digest('hex');
  const { metrics, problems } = await folder.readMetrics();
  const { status, test: measured, inexact } = await folder.readState();
  const snapshots = readdirSync(join(folder.path, 'snapshots')).sort();
  return {
    best: file('model', 'best', 'weights.safetensors'),
    last: file('model', 'last', 'weights.safetensors'),
    snapshots: snapshots.map((name) => [name, file('snapshots', name)]),
    metrics: metrics.map((epoch) => ({ ...epoch, secondsSinceStart: 0, stepsPerSecond: 0 })),
    names: readdirSync(folder.path).sort(),
    problems,
    status,
    measured,
    inexact,
  };
}
