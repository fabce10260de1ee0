import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Answers; with the answer to a cancellation it tells at once that the import has ended, and leaves a file when both are sent. */
const answering = (sent: string) => `
  import { writeFileSync } from 'node:fs';
  process.on('message', ({ id, channel }) => {
    process.send({ kind: 'answer', id, result: { ok: true, value: {} } });
    if (channel !== 'import:cancel') return;
    process.send({ kind: 'event', name: 'import:ended', payload: {} });
    writeFileSync(${JSON.stringify(sent)}, '');
  });
`;

test('who waits for an answer goes on before an event that has come with it is told', async () => {
  using data = new TemporaryFolder();
  const [program, sent] = [join(data.path, 'engine.mjs'), join(data.path, 'sent')];
  writeFileSync(program, answering(sent));
  const engine = new EngineProcess(
    () => launchEngine(program, data.path, 1),
    () => undefined,
  );
  const order: string[] = [];
  engine.onEvent((name) => name === 'import:ended' && order.push('told'));
  try {
    await engine.call('engine:describe', {});
    const answered = engine.call('import:cancel', { importId: 'an-import' }).then(() => order.push('answered'));
    // A process that is busy meanwhile finds both.
    const clock = new Int32Array(new SharedArrayBuffer(4));
    const end = Date.now() + 30_000;
    while (!existsSync(sent) && Date.now() < end) Atomics.wait(clock, 0, 0, 5);
    await answered;
    await expect.poll(() => order).toEqual(['answered', 'told']);
  } finally {
    await engine.close();
  }
});
