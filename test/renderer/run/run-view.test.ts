import { describe, expect, it } from 'vitest';
import { applyToView, newView, refreshed, withSnapshot } from '../../../renderer/run/run-view.ts';
import { epoch, progress, record, snapshot } from '../samples.ts';

const test = { mse: 0.08, squaredError: 62.7, epoch: 2 };

describe('a run as the window sees it', () => {
  it('gathers progress, epochs and the end', () => {
    let view = newView(record('a'));
    view = applyToView(view, 'run:progressed', progress('a', 107, 0.3));
    view = applyToView(view, 'run:epoch-ended', { runId: 'a', metrics: epoch(1, 0.12) });
    view = applyToView(view, 'run:epoch-ended', { runId: 'a', metrics: epoch(2, 0.14) });
    expect(view.batches.points).toEqual([{ x: 0.5, y: 0.3 }]);
    expect(view.record.summary.epochsDone).toBe(2);
    expect(view.record.summary.bestValidationSquaredError).toBeCloseTo(0.12 * 784);
    view = applyToView(view, 'run:ended', { runId: 'a', status: 'finished', test });
    expect(view.progress).toBeUndefined();
    expect(view.record.summary).toMatchObject({ status: 'finished', testSquaredError: 62.7 });
    expect(view.record.test).toEqual(test);
  });

  it('leaves events of another run alone', () => {
    const view = newView(record('a'));
    expect(applyToView(view, 'run:progressed', progress('b', 10))).toBe(view);
    expect(applyToView(view, 'run:epoch-ended', { runId: 'b', metrics: epoch(1) })).toBe(view);
    expect(applyToView(view, 'run:snapshot-taken', snapshot('b', 1))).toBe(view);
    expect(applyToView(view, 'run:ended', { runId: 'b', status: 'finished' })).toBe(view);
  });

  it('stands still in a pause, says why, and goes on', () => {
    let view = applyToView(newView(record('a')), 'run:progressed', progress('a', 107, 0.3));
    view = applyToView(view, 'run:paused', { runId: 'a', epoch: 1, step: 107, problem: 'The disk is full.' });
    expect(view.record.summary).toMatchObject({ status: 'paused', problem: 'The disk is full.' });
    expect(view.progress).toBeDefined();
    view = applyToView(view, 'run:resumed', {
      runId: 'a',
      epoch: 1,
      step: 107,
      problems: [],
      inexact: 'From here on.',
    });
    expect(view.record.summary.status).toBe('running');
    expect(view.record.summary).not.toHaveProperty('problem');
    expect(view.record.inexact).toBe('From here on.');
    view = applyToView(view, 'run:paused', { runId: 'a', epoch: 1, step: 110 });
    expect(applyToView(view, 'run:ended', { runId: 'a', status: 'stopped' }).record.summary.status).toBe('stopped');
  });

  it('leaves events that come after the end alone', () => {
    const over = applyToView(newView(record('a')), 'run:ended', { runId: 'a', status: 'stopped' });
    expect(applyToView(over, 'run:progressed', progress('a', 500))).toBe(over);
    expect(applyToView(over, 'run:epoch-ended', { runId: 'a', metrics: epoch(9) })).toBe(over);
    expect(applyToView(over, 'run:ended', { runId: 'a', status: 'failed' })).toBe(over);
  });

  it('takes an epoch once, and batches only forwards', () => {
    let view = applyToView(newView(record('a')), 'run:epoch-ended', { runId: 'a', metrics: epoch(2) });
    expect(applyToView(view, 'run:epoch-ended', { runId: 'a', metrics: epoch(1) })).toBe(view);
    view = applyToView(view, 'run:progressed', progress('a', 428, 0.1));
    view = applyToView(view, 'run:progressed', progress('a', 400, 0.9));
    view = applyToView(view, 'run:progressed', progress('a', 430, Number.NaN));
    expect(view.batches.points).toEqual([{ x: 2, y: 0.1 }]);
  });

  it('keeps the newest snapshot', () => {
    const view = withSnapshot(newView(record('a')), snapshot('a', 3));
    expect(withSnapshot(view, snapshot('a', 2))).toBe(view);
    const next = withSnapshot(view, snapshot('a', 4));
    expect(next.snapshot?.epoch).toBe(4);
    expect(next.record.snapshotEpochs).toEqual([3, 4]);
  });

  it('shows what the kept weights show once the run has ended, and its snapshots stay those of its epochs', () => {
    const live = withSnapshot(newView(record('a')), snapshot('a', 9));
    const over = applyToView(live, 'run:ended', { runId: 'a', status: 'finished', test });
    expect(withSnapshot(over, snapshot('a', 2))).toBe(over);
    const read = refreshed(over, { ...record('a', 'finished'), snapshotEpochs: [9], keptPictures: 2, test });
    const kept = withSnapshot(read, snapshot('a', 2));
    expect(kept.snapshot?.epoch).toBe(2);
    expect(kept.record.snapshotEpochs).toEqual([9]);
    expect(withSnapshot(kept, snapshot('a', 9))).toBe(kept);
  });
});

describe('a record read again', () => {
  it('loses no epoch on either side', () => {
    const live = applyToView(newView(record('a')), 'run:epoch-ended', { runId: 'a', metrics: epoch(3) });
    const { metrics, summary } = refreshed(live, { ...record('a'), metrics: [epoch(1), epoch(2)] }).record;
    expect(metrics.map((m) => m.epoch)).toEqual([1, 2, 3]);
    expect(summary.epochsDone).toBe(3);
  });

  it('does not bring an ended run back to life', () => {
    const over = applyToView(newView(record('a')), 'run:ended', { runId: 'a', status: 'interrupted' });
    expect(refreshed(over, record('a', 'running')).record.summary.status).toBe('interrupted');
    expect(refreshed(over, record('a', 'stopped')).record.summary.status).toBe('stopped');
  });
});
