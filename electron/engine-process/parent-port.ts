import { withOwnBuffers } from '../contract/own-buffers.ts';
import type { Port } from '../contract/rpc.ts';

/** Electron's utility process has this; it queues messages until the first listener. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  off(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** The way to whoever started this process: Electron's main process, or plain Node's `fork`. */
export function parentPort(): Port {
  const utility = (process as typeof process & { readonly parentPort?: UtilityPort }).parentPort;
  return utility === undefined ? forkedPort() : utilityPort(utility);
}

function utilityPort(port: UtilityPort): Port {
  return {
    post: (message) => port.postMessage(withOwnBuffers(message)),
    onMessage: (listener) => {
      const unwrapped = ({ data }: { readonly data: unknown }): void => listener(data);
      port.on('message', unwrapped);
      return () => port.off('message', unwrapped);
    },
  };
}

function forkedPort(): Port {
  if (process.send === undefined) throw new Error('engine: expected to be started by the app or its command line.');
  const waiting: unknown[] = [];
  const queue = (message: unknown): void => void waiting.push(message);
  process.on('message', queue);
  // Whoever started it is gone: nobody is left to train for.
  process.once('disconnect', () => process.exit(0));
  return {
    post: (message) => void (process.connected && process.send?.(message)),
    onMessage: (listener) => {
      process.off('message', queue);
      process.on('message', listener);
      waiting.splice(0).forEach(listener);
      return () => process.off('message', listener);
    },
  };
}
