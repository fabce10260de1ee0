import { vi } from 'vitest';
import type { HandedFile } from '../../../../electron/contract/files.ts';
import type { RunSummary } from '../../../../electron/domain/words.ts';
import { lasting } from '../../../../renderer/link/lasting.svelte.ts';
import { Odd } from '../../../../renderer/places/odd/odd.svelte.ts';
import { Remembered } from '../../../../renderer/window/remembered.ts';
import { FakeHost } from '../../fake-host.ts';
import { mnist, record, usualUnit } from '../../samples.ts';
import { plan } from './inspection-samples.ts';

export const own = { ...mnist, id: 'bottles', name: 'Bottles', testCount: 12 };
export const file = (path: string): HandedFile => ({ path, file: new File(['x'], path) });
export const drop = (...paths: readonly string[]) => Promise.resolve(paths.map(file));

/** MVTec's layout. */
export const whole = plan(
  [
    { folder: 'train/good', count: 40, split: 'training' },
    { folder: 'test/good', count: 8, split: 'test' },
    { folder: 'test/crack', count: 4, split: 'test' },
  ],
  { masks: 4 },
);

/** The place beside a host that knows one model of good bottles. */
export function place() {
  const host = new FakeHost();
  const kept = new Map<string, string>();
  const remembered = new Remembered({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  });
  const run = { ...record('own', 'finished').summary, imageSet: 'bottles', epochsDone: 3 };
  const released = vi.fn(() => ({}));
  host.answers['files:release'] = released;
  host.answers['import:plan'] = () => whole;
  host.answers['inspection:train'] = () => ({ imageSet: own, runId: 'own', normal: ['train/good'], checked: [] });
  const runs: readonly RunSummary[] = [run];
  const around = { api: host.api, runs, imageSets: [mnist, own], remembered, preferences: usualUnit };
  return { host, released, remembered, around, odd: lasting(() => new Odd(around)) };
}
