import { fork } from 'node:child_process';
import type { EngineChild } from '../host/engine-process.ts';
import { trainingEnvironment } from '../host/engine-environment.ts';
import { EngineStderr } from '../host/engine-stderr.ts';

/** Starts the engine as a plain Node process, which ends by itself when this one does. */
export function launchEngine(entry: string, dataFolder: string, threads: number | undefined): EngineChild {
  const child = fork(entry, ['--data', dataFolder], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: trainingEnvironment(threads),
    // Ctrl-C is for this process, which first lets the run save itself; the engine is told.
    detached: process.platform !== 'win32',
  });
  const stderr = new EngineStderr(child.stderr!, (line) => process.stderr.write(`${line}\n`));
  return {
    // A process that has just died answers nothing; that it is gone is told by its exit.
    post: (message) => void (child.connected && child.send(message as object)),
    // Node tells all messages that have come together in one go, and whoever waits for an answer would go on only after the events that
    // came behind it. So each is told in a turn of its own.
    onMessage: (listener) => {
      let isListening = true;
      const inItsTurn = (message: unknown) => void setImmediate(() => isListening && listener(message));
      child.on('message', inItsTurn);
      return () => {
        isListening = false;
        child.off('message', inItsTurn);
      };
    },
    onExit: (listener) => {
      child.once('exit', (code, signal) => {
        const tell = (lastWords: string) => listener({ code, ...(signal ? { signal } : {}), lastWords });
        // After the messages, whose turn is still to come.
        void stderr.lastWords().then((lastWords) => setImmediate(tell, lastWords));
      });
      child.on('error', (error) => {
        // Without a process there is no exit; other errors are of a process that goes on.
        if (child.pid === undefined) listener({ code: null, lastWords: error.message });
      });
    },
    kill: (force) => void child.kill(force ? 'SIGKILL' : 'SIGTERM'),
  };
}
