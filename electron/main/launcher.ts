import { utilityProcess, type UtilityProcess } from 'electron';
import { withOwnBuffers } from '../contract/own-buffers.ts';
import type { EngineChild } from '../host/engine-process.ts';
import { trainingEnvironment } from '../host/engine-environment.ts';
import { EngineStderr } from '../host/engine-stderr.ts';

/** Starts the engine in a process of its own, so that TensorFlow is never loaded where the window's process lives. */
export function launchEngine(entry: string, dataFolder: string, threads: number | undefined): EngineChild {
  const child = utilityProcess.fork(entry, ['--data', dataFolder], {
    serviceName: 'Autoencoder Studio engine',
    stdio: ['ignore', 'inherit', 'pipe'],
    env: trainingEnvironment(threads),
  });
  const stderr = child.stderr && new EngineStderr(child.stderr, (line) => process.stderr.write(`${line}\n`));
  let fatal: string | undefined;
  // Without a listener the event would be an exception of this process.
  child.on('error', (type, location) => (fatal = `${type}: V8 could not go on in ${location}.`));
  return {
    post: (message) => child.postMessage(withOwnBuffers(message)),
    onMessage: (listener) => {
      child.on('message', listener);
      return () => void child.off('message', listener);
    },
    onExit: (listener) => {
      const tell = async (code: number): Promise<void> => {
        const words = [await stderr?.lastWords(), fatal].filter((each) => each !== undefined && each !== '');
        listener({ code, lastWords: words.join('\n') });
      };
      child.once('exit', (code) => setImmediate(() => void tell(code)));
    },
    kill: (force) => {
      if (force) killAtOnce(child);
      else child.kill();
    },
  };
}

/** `kill` only asks. There is no id before the process was spawned, nor after its end. */
function killAtOnce(child: UtilityProcess): void {
  const { pid } = child;
  try {
    if (pid === undefined) child.kill();
    else process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself just now.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
