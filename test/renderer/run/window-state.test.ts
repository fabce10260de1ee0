import { describe, expect, it } from 'vitest';
import {
  emptyWindow,
  reduce,
  withActive,
  withRecord,
  withRuns,
  withViewsOnly,
} from '../../../renderer/run/window-state.ts';
import { emptyTrace } from '../../../renderer/run/trace.ts';
import { epoch, progress, record } from '../samples.ts';

const started = reduce(emptyWindow, { name: 'run:started', payload: record('a') });

describe('the window’s state', () => {
  it('takes up a run when it starts and lets go of it when it ends', () => {
    expect(started.activeId).toBe('a');
    expect(started.runs.map(({ id }) => id)).toEqual(['a']);
    const ended = reduce(started, { name: 'run:ended', payload: { runId: 'a', status: 'finished' } });
    expect(ended.activeId).toBeUndefined();
    expect(ended.runs[0]?.status).toBe('finished');
  });

  it('shows of a run that is taken up again only the epochs that it keeps', () => {
    const two = [1, 2].reduce(
      (state, number) => reduce(state, { name: 'run:epoch-ended', payload: { runId: 'a', metrics: epoch(number) } }),
      started,
    );
    const cut = reduce(two, { name: 'run:ended', payload: { runId: 'a', status: 'interrupted' } });
    const again = reduce(cut, { name: 'run:started', payload: { ...record('a'), metrics: [epoch(1)] } });
    expect(again.activeId).toBe('a');
    expect(again.views.get('a')?.record.metrics.map((metrics) => metrics.epoch)).toEqual([1]);
    expect(again.runs[0]?.status).toBe('running');
  });

  it('follows a run that a cluster trains beside the one that trains here', () => {
    const there = record('there');
    const cluster = { address: 'http://there', workers: 1, open: true };
    const elsewhere = { ...there, summary: { ...there.summary, cluster } };
    const both = reduce(started, { name: 'run:started', payload: elsewhere });
    expect(both.activeId).toBe('a');
    const kept = withViewsOnly(both, []);
    const next = reduce(kept, { name: 'run:epoch-ended', payload: { runId: 'there', metrics: epoch(1) } });
    expect(next.runs.find(({ id }) => id === 'there')?.epochsDone).toBe(1);
    const ended = reduce(next, { name: 'run:ended', payload: { runId: 'there', status: 'finished' } });
    expect(ended.activeId).toBe('a');
  });

  it('says what goes on at a cluster until it is old', () => {
    const told = reduce(started, { name: 'run:told', payload: { runId: 'a', sentence: 'Waiting for 2 workers.' } });
    const sentenceAfter = (last: number) =>
      Array.from({ length: last }, (_, index) => index + 1)
        .reduce(
          (state, number) =>
            reduce(state, { name: 'run:epoch-ended', payload: { runId: 'a', metrics: epoch(number) } }),
          told,
        )
        .views.get('a')?.told?.sentence;
    expect([0, 1, 2].map(sentenceAfter)).toEqual(['Waiting for 2 workers.', 'Waiting for 2 workers.', undefined]);
  });

  it('ignores what it hears of runs it does not know', () => {
    expect(reduce(started, { name: 'run:progressed', payload: progress('b', 1) })).toBe(started);
    const ended = reduce(started, { name: 'run:ended', payload: { runId: 'b', status: 'finished' } });
    expect(ended.activeId).toBe('a');
  });

  it('lists the epochs of a living run', () => {
    const next = reduce(started, { name: 'run:epoch-ended', payload: { runId: 'a', metrics: epoch(1) } });
    expect(next.runs[0]?.epochsDone).toBe(1);
  });

  it('marks the run interrupted when the engine is lost, and says so until a new run starts', () => {
    const lost = reduce(started, { name: 'engine:state-changed', payload: { kind: 'lost', message: 'SIGKILL' } });
    expect(lost.activeId).toBeUndefined();
    expect(lost.views.get('a')?.record.summary.status).toBe('interrupted');
    expect(lost.loss).toEqual({ message: 'SIGKILL', cutOff: true });
    const back = reduce(lost, {
      name: 'engine:state-changed',
      payload: { kind: 'ready', tensorflow: '2', threads: 2 },
    });
    expect(back.loss).toEqual({ message: 'SIGKILL', cutOff: true });
    const again = reduce(back, { name: 'run:started', payload: record('b') });
    expect(again.loss).toBeUndefined();
    expect(again.activeId).toBe('b');
  });

  it('tells of no loss when the engine is started anew because somebody wanted other settings', () => {
    const payload = { kind: 'lost', message: 'The engine is started anew.', wanted: true } as const;
    expect(reduce(emptyWindow, { name: 'engine:state-changed', payload }).loss).toBeUndefined();
  });

  it('says of an engine lost at rest that nothing was cut off', () => {
    const lost = reduce(emptyWindow, { name: 'engine:state-changed', payload: { kind: 'lost', message: 'gone' } });
    expect(lost.loss).toEqual({ message: 'gone', cutOff: false });
  });

  it('lists newest first and keeps a run the host had not listed yet', () => {
    const older = record('old', 'finished', '2026-11-20T12:00:00Z').summary;
    const newer = record('new', 'finished', '2026-11-22T12:00:00Z').summary;
    expect(withRuns(started, [older, newer]).runs.map(({ id }) => id)).toEqual(['a', 'new', 'old']);
    expect(withRuns(emptyWindow, [older, newer]).runs.map(({ id }) => id)).toEqual(['new', 'old']);
  });

  it('forgets the pictures of runs that nobody looks at', () => {
    const three = withRecord(
      withRecord(started, record('b', 'finished'), emptyTrace),
      record('c', 'finished'),
      emptyTrace,
    );
    expect([...withViewsOnly(three, ['c', undefined]).views.keys()]).toEqual(['a', 'c']);
  });

  it('follows the host on what trains now', () => {
    expect(withActive(started, undefined).activeId).toBeUndefined();
    expect(withActive(emptyWindow, 'x').activeId).toBe('x');
  });
});
