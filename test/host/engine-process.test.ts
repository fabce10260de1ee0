import { describe, expect, it } from 'vitest';
import type { EngineChannel, Handlers } from '../../electron/contract/contract.ts';
import { StudioError } from '../../electron/domain/errors.ts';
import type { EngineState } from '../../electron/domain/words.ts';
import { EngineProcess } from '../../electron/host/engine-process.ts';
import { FakeEngine, settled } from './fake-engine.ts';

function watched(handlers: Partial<Handlers<EngineChannel>> = {}, options: { deafToKill?: boolean } = {}) {
  const launched: FakeEngine[] = [];
  const reports: string[] = [];
  const states: EngineState['kind'][] = [];
  const engine = new EngineProcess(
    () => {
      const fake = new FakeEngine(handlers, options);
      launched.push(fake);
      return fake.child;
    },
    (problem) => reports.push(problem),
  );
  engine.onEvent((name, payload) => {
    if (name === 'engine:state-changed') states.push((payload as EngineState).kind);
  });
  return { engine, launched, reports, states };
}

describe('the engine process', () => {
  it('is started once, and becomes ready with what it says of itself', async () => {
    const { engine, launched, states } = watched();
    engine.start();
    engine.start();
    expect(await engine.call('image-set:list', {})).toEqual({ ok: true, value: [] });
    await settled();
    expect(launched).toHaveLength(1);
    expect(engine.state).toEqual({ kind: 'ready', tensorflow: '2.21.0', threads: 2 });
    expect(states).toEqual(['starting', 'ready']);
  });

  it('that dies: pending calls are answered with how, and another is started', async () => {
    const { engine, launched, states, reports } = watched({ 'run:stop': () => new Promise(() => undefined) });
    engine.start();
    await settled();
    const pending = engine.call('run:stop', { runId: 'a' });
    launched[0]!.end({ code: null, signal: 'SIGKILL', lastWords: 'terminate called' });
    expect(await pending).toEqual({
      ok: false,
      error: {
        code: 'engine-lost',
        message: 'The engine process was ended by signal SIGKILL.',
        detail: 'terminate called',
      },
    });
    await settled();
    expect(launched).toHaveLength(2);
    expect(states).toEqual(['starting', 'ready', 'lost', 'starting', 'ready']);
    expect(reports).toEqual(['The engine process was ended by signal SIGKILL. Its last words: terminate called']);
    expect(await engine.call('image-set:list', {})).toMatchObject({ ok: true });
  });

  it('that dies before it was ready is not restarted until the next call', async () => {
    const { engine, launched, states } = watched();
    engine.start();
    launched[0]!.end({ code: 127 });
    await settled();
    expect(launched).toHaveLength(1);
    expect(engine.state).toEqual({ kind: 'lost', message: 'The engine process ended with exit code 127.' });
    expect(await engine.call('image-set:list', {})).toMatchObject({ ok: true });
    expect(states).toEqual(['starting', 'lost', 'starting', 'ready']);
  });

  it('that cannot load TensorFlow stays, and its message is the state', async () => {
    const { engine, launched } = watched({
      'engine:describe': () => Promise.reject(new StudioError('engine-failed', 'TensorFlow was not found.')),
    });
    engine.start();
    await settled();
    expect(engine.state).toEqual({ kind: 'lost', message: 'TensorFlow was not found.' });
    expect(launched).toHaveLength(1);
  });

  it('closes when asked; calls after that say so', async () => {
    const { engine, launched, states } = watched();
    engine.start();
    await settled();
    await engine.close();
    expect(launched[0]!.kills).toEqual([false]);
    expect(await engine.call('image-set:list', {})).toMatchObject({ ok: false, error: { code: 'engine-lost' } });
    expect(launched).toHaveLength(1);
    expect(states).toEqual(['starting', 'ready']);
  });

  it('is started anew: the old one is asked to end, its pending calls are answered, and that it is lost is told', async () => {
    const { engine, launched, states, reports } = watched({ 'run:stop': () => new Promise(() => undefined) });
    engine.start();
    await settled();
    const pending = engine.call('run:stop', { runId: 'a' });
    engine.restart();
    expect(await pending).toEqual({
      ok: false,
      error: { code: 'engine-lost', message: 'The engine is started anew.' },
    });
    expect(await engine.call('image-set:list', {})).toEqual({ ok: true, value: [] });
    await settled();
    expect(launched).toHaveLength(2);
    expect(launched[0]!.kills).toEqual([false]);
    expect(states).toEqual(['starting', 'ready', 'lost', 'starting', 'ready']);
    expect(reports).toEqual([]);
  });

  it('that does not end when asked is ended by force', async () => {
    const { engine, launched } = watched({}, { deafToKill: true });
    engine.start();
    await settled();
    await engine.close(1);
    expect(launched[0]!.kills).toEqual([false, true]);
  });
});
