import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { launchEngine } from '../../electron/cli/launch-engine.ts';
import { unwrap } from '../../electron/domain/errors.ts';
import { EngineProcess } from '../../electron/host/engine-process.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const entry = fileURLToPath(new URL('../../electron/engine-process/engine-entry.ts', import.meta.url));

test('an engine process says how many threads it was given; started anew, it has others', async () => {
  using data = new TemporaryFolder();
  let threads = 1;
  const engine = new EngineProcess(
    () => launchEngine(entry, data.path, threads),
    () => undefined,
  );
  try {
    expect(unwrap(await engine.call('engine:describe', {})).threads).toBe(1);
    threads = 2;
    engine.restart();
    expect(unwrap(await engine.call('engine:describe', {})).threads).toBe(2);
  } finally {
    await engine.close();
  }
});

test('Ctrl-C in a terminal, which reaches every process there, leaves an engine to whoever started it', async () => {
  using data = new TemporaryFolder();
  const engine = fork(entry, ['--data', data.path], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  });
  const answer = async (id: number): Promise<unknown> => {
    engine.send({ kind: 'call', id, channel: 'engine:describe', request: {} });
    const [message] = (await once(engine, 'message')) as [unknown];
    return message;
  };
  try {
    expect(await answer(1)).toMatchObject({ kind: 'answer', id: 1, result: { ok: true } });
    engine.kill('SIGINT');
    expect(await answer(2)).toMatchObject({ kind: 'answer', id: 2, result: { ok: true } });
  } finally {
    engine.kill('SIGKILL');
  }
});

test('a rejection that nobody handles ends an engine, with why, where Electron has Node only warn of it', async () => {
  using data = new TemporaryFolder();
  const rejecting = 'setInterval(() => void Promise.reject(new Error("nobody handles it")), 100)';
  const engine = fork(entry, ['--data', data.path], {
    execArgv: ['--unhandled-rejections=warn', '--import', `data:text/javascript,${encodeURIComponent(rejecting)}`],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let said = '';
  engine.stderr!.on('data', (bytes: Buffer) => (said += bytes.toString()));
  try {
    const [code] = (await once(engine, 'close')) as [number | null];
    expect(code).toBe(1);
    expect(said).toContain('nobody handles it');
  } finally {
    engine.kill('SIGKILL');
  }
});
