// Imported first in a process that stands in for Electron's utility process: gives it `process.parentPort`.
import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import type { PortFault } from './port-fault.ts';
import { strictClone } from './strict-clone.ts';

const send = process.send!.bind(process);
const waiting: unknown[] = [];

/** As Electron's: messages queue until the first listener. */
class StandInParentPort extends EventEmitter implements Pick<Electron.ParentPort, 'postMessage'> {
  constructor() {
    super();
    this.on('newListener', (event) => {
      if (event === 'message') setImmediate(() => waiting.splice(0).forEach((data) => this.emit('message', { data })));
    });
  }

  postMessage(message: unknown): void {
    try {
      send(strictClone('engine → main', message) as object);
    } catch (error) {
      send({ fault: String(error) } satisfies PortFault);
      throw error;
    }
  }
}

const parentPort = new StandInParentPort();
process.on('message', (data) => {
  if (parentPort.listenerCount('message') === 0 || waiting.length > 0) waiting.push(data);
  else parentPort.emit('message', { data });
});
// Electron ends a utility process with its parent, and gives it no Node channel.
process.on('disconnect', () => process.exit(0));
Object.assign(process, { parentPort, send: undefined });
