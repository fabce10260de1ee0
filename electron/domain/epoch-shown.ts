import type { RunRecord } from './words.ts';

/** The epoch whose pictures stand for a run: that of the weights that were tested, where there are pictures of it; else the last. */
export function epochShown({
  snapshotEpochs,
  keptPictures,
  test,
}: Pick<RunRecord, 'snapshotEpochs' | 'keptPictures' | 'test'>): number | undefined {
  const isThere = test !== undefined && (snapshotEpochs.includes(test.epoch) || keptPictures === test.epoch);
  return isThere ? test.epoch : snapshotEpochs.at(-1);
}
