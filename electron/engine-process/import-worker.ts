import { parentPort } from 'node:worker_threads';
import { toErrorData } from '../domain/errors.ts';
import type { ImportHooks } from '../dataset/import/import-hooks.ts';
import { workHere, type FromThread, type ToThread } from './import-thread.ts';

// A thread of the engine process: pictures are read and decoded here, whatever TensorFlow keeps the main thread busy with.
const port = parentPort;
if (port === null) throw new Error('import-worker: expected to be started as a thread.');
const tell = (message: FromThread): void => port.postMessage(message);
const stopping = new Map<number, AbortController>();

port.on('message', (message: ToThread) => {
  if (message.kind === 'stop') stopping.get(message.id)?.abort();
  else void run(message);
});
tell({ kind: 'ready' });

async function run({ id, name, args }: ToThread & { kind: 'work' }): Promise<void> {
  const stop = new AbortController();
  stopping.set(id, stop);
  const hooks: ImportHooks = {
    signal: stop.signal,
    onProgress: (progress) => tell({ kind: 'progressed', id, progress }),
  };
  const work = workHere[name] as (...given: readonly unknown[]) => Promise<unknown>;
  try {
    tell({ kind: 'done', id, result: { ok: true, value: await work(...args, hooks) } });
  } catch (error) {
    tell({ kind: 'done', id, result: { ok: false, error: toErrorData(error) } });
  } finally {
    stopping.delete(id);
  }
}
