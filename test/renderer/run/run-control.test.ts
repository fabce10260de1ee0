import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Queue } from '../../../electron/contract/queue.ts';
import { progressWords } from '../../../renderer/app/progress-words.ts';
import { Studio } from '../../../renderer/app/studio.svelte.ts';
import { FakeHost } from '../fake-host.ts';
import { articleExperiment, epoch, progress, record } from '../samples.ts';

let frames: (() => void)[] = [];
vi.stubGlobal('requestAnimationFrame', (callback: () => void) => frames.push(callback));

function frame(): void {
  for (const callback of frames.splice(0)) callback();
}

async function opened(host: FakeHost): Promise<Studio> {
  const studio = new Studio(host, { getItem: () => null, setItem: () => undefined });
  await studio.load();
  return studio;
}

/** A window whose run "a" trains. */
async function training(host: FakeHost): Promise<Studio> {
  host.answers['run:pause'] = () => ({});
  host.answers['run:resume'] = () => ({});
  const studio = await opened(host);
  host.tell('run:started', record('a'));
  host.tell('run:progressed', progress('a', 300));
  frame();
  return studio;
}

const place = { runId: 'a', epoch: 2, step: 300 };
const state = (studio: Studio) => progressWords(studio.active!, studio.control).state;

function cutOff(id: string) {
  const whole = record(id, 'interrupted');
  return { ...whole, metrics: [epoch(1)], summary: { ...whole.summary, epochsDone: 1, resumable: true } };
}

beforeEach(() => {
  frames = [];
});

describe('a run that trains', () => {
  it('is pausing until it has paused, and goes on when resumed', async () => {
    const host = new FakeHost();
    const studio = await training(host);
    await studio.control.pause();
    expect(studio.control.pausing).toBe(true);
    expect(state(studio)).toBe('pausing · epoch 2/20');
    host.tell('run:paused', place);
    frame();
    expect(studio.control.pausing).toBe(false);
    expect(studio.active?.record.summary.status).toBe('paused');
    expect(state(studio)).toBe('paused · epoch 2/20');
    await studio.control.resume('a');
    host.tell('run:resumed', { ...place, problems: ['checkpoint-0001: damaged.'], inexact: 'Other threads.' });
    frame();
    expect(state(studio)).toBe('epoch 2/20');
    expect(studio.active?.record.inexact).toBe('Other threads.');
    expect(studio.active?.skipped).toEqual(['checkpoint-0001: damaged.']);
  });

  it('says what a full disk makes it wait for', async () => {
    const host = new FakeHost();
    const studio = await training(host);
    host.tell('run:paused', { ...place, problem: 'The disk is full.' });
    frame();
    expect(state(studio)).toBe('paused: the disk is full · epoch 2/20');
    expect(studio.active?.record.summary.problem).toBe('The disk is full.');
  });

  it('stops after its epoch, or now when that takes too long', async () => {
    const asked: unknown[] = [];
    const host = new FakeHost();
    host.answers['run:stop'] = (request) => {
      asked.push(request);
      return {};
    };
    const studio = await training(host);
    await studio.control.stop('after-epoch');
    expect(state(studio)).toBe('epoch 2/20 · ends after it');
    await studio.control.stop();
    expect(state(studio)).toBe('stopping');
    expect(asked).toEqual([{ runId: 'a', when: 'after-epoch' }, { runId: 'a' }]);
    host.tell('run:ended', { runId: 'a', status: 'stopped' });
    frame();
    expect(studio.control.stopping).toBeUndefined();
  });

  it('says why it was not paused', async () => {
    const host = new FakeHost();
    const studio = await training(host);
    delete host.answers['run:pause'];
    await studio.control.pause();
    expect(studio.control.pausing).toBe(false);
    expect(studio.control.problem?.message).toBe('No answer for run:pause.');
  });
});

describe('a run that was cut off', () => {
  async function started(): Promise<{ readonly host: FakeHost; readonly studio: Studio }> {
    const host = new FakeHost();
    host.answers['run:list'] = () => [cutOff('a').summary, record('b', 'finished', '2026-11-22T12:00:00Z').summary];
    return { host, studio: await opened(host) };
  }

  it('is offered at the window’s start, and taken up', async () => {
    const { host, studio } = await started();
    expect(studio.control.offer).toMatchObject({ id: 'a', epochsDone: 1 });
    host.answers['run:open'] = () => cutOff('a');
    host.answers['run:resume'] = () => {
      host.tell('run:started', { ...record('a'), metrics: [epoch(1)] });
      frame();
      return {};
    };
    await studio.control.resume('a');
    expect(studio.control.offer).toBeUndefined();
    expect(studio.current?.record.summary).toMatchObject({ id: 'a', status: 'running' });
    expect(studio.control.resuming).toBeUndefined();
  });

  it('is not offered again when it is not wanted now', async () => {
    const { studio } = await started();
    studio.control.dismissOffer();
    expect(studio.control.offer).toBeUndefined();
  });

  it('is not offered when a newer run has ended well, or when it cannot be resumed', async () => {
    const host = new FakeHost();
    host.answers['run:list'] = () => [cutOff('a').summary, record('b', 'finished', '2026-11-24T12:00:00Z').summary];
    expect((await opened(host)).control.offer).toBeUndefined();
    host.answers['run:list'] = () => [record('a', 'interrupted').summary];
    expect((await opened(host)).control.offer).toBeUndefined();
  });
});

describe('the queue', () => {
  const queueOf = (...ids: string[]): Queue => ({
    held: false,
    entries: ids.map((id) => ({ id, addedAt: '2026-11-23T12:00:00Z', experiment: articleExperiment })),
    problems: [],
  });

  it('takes what the panel says while a run trains', async () => {
    const host = new FakeHost();
    const studio = await training(host);
    host.answers['queue:add'] = ({ experiments }) => ({
      ...queueOf('q'),
      entries: [{ id: 'q', addedAt: '', experiment: experiments[0]! }],
    });
    studio.preparing.type('training.seed', '7');
    await studio.start();
    expect(host.asked).not.toContain('run:start');
    expect(studio.queue.queue.entries[0]?.experiment.training.seed).toBe(7);
  });

  it('says why an experiment was not taken', async () => {
    const host = new FakeHost();
    const studio = await training(host);
    await studio.start();
    expect(studio.startProblem?.message).toBe('No answer for queue:add.');
  });

  it('is reordered within its ends, and follows the host', async () => {
    const host = new FakeHost();
    host.answers['queue:read'] = () => queueOf('a', 'b', 'c');
    const moves: unknown[] = [];
    host.answers['queue:move'] = (request) => {
      moves.push(request);
      return queueOf('b', 'a', 'c');
    };
    const { queue } = await opened(host);
    await queue.move('a', -1);
    await queue.move('c', 1);
    expect(moves).toEqual([]);
    await queue.move('b', -1);
    expect(moves).toEqual([{ entry: 'b', to: 0 }]);
    expect(queue.queue.entries.map(({ id }) => id)).toEqual(['b', 'a', 'c']);
    host.tell('queue:changed', { ...queueOf('c'), held: true });
    expect(queue.queue).toMatchObject({ held: true, entries: [{ id: 'c' }] });
  });

  it('shows the run that it starts once the one before has ended', async () => {
    const host = new FakeHost();
    const studio = await training(host);
    host.answers['run:open'] = ({ runId }) => record(runId, 'finished');
    host.tell('run:ended', { runId: 'a', status: 'finished' });
    host.tell('run:started', record('b'));
    frame();
    expect(studio.current?.record.summary.id).toBe('b');
  });
});
