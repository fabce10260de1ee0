import { afterEach, describe, expect, it, vi } from 'vitest';
import { TrainReport } from '../../electron/cli/train-report.ts';
import { presetExperiment, presets } from '../../electron/domain/presets.ts';

afterEach(() => vi.restoreAllMocks());

/** What a run that was stopped says last. */
function saidLast(images?: string): string | undefined {
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => said.push(String(line)) > 0);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const report = new TrainReport(false, presetExperiment(presets[0]!, 'set-1', [4, 4, 1]));
  report.end({ runId: 'run-1', status: 'stopped' }, '/runs/a "b"', images);
  return said.at(-1)?.trim();
}

describe('a training that was stopped', () => {
  it('says how to go on, with the folder of its images where no id leads to them', () => {
    expect(saidLast()).toBe('Go on with: train --resume "/runs/a \\"b\\""');
    expect(saidLast('/sets/mine')).toBe('Go on with: train --resume "/runs/a \\"b\\"" --dataset "/sets/mine"');
  });
});
