import { utilityProcess } from 'electron';
import type { EngineChild } from '../host/engine-process.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import { watchStderr } from '../host/engine-stderr.ts';

/** Starts the engine in a process of its own, so that TensorFlow is never loaded where the window's process lives. */
export function launchEngine(entry: string, dataFolder: string, threads: number | undefined): EngineChild {
  const child = utilityProcess.fork(entry, ['--data', dataFolder], {
    serviceName: 'Autoencoder Studio engine',
    stdio: ['ignore', 'inherit', 'pipe'],
    env: engineEnvironment(threads),
  });
  const stderr = child.stderr && watchStderr(child.stderr, (line) => process.stderr.write(`${line}\n`));
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => {
      child.on('message', listener);
      return () => void child.off('message', listener);
    },
    onExit: (listener) => {
      child.once('exit', (code) => listener({ code, ...(stderr ? { lastWords: stderr.lastWords() } : {}) }));
    },
    kill: (force) => {
      if (!force) child.kill();
      else if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}
