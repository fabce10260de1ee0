import { constants, setPriority } from 'node:os';
import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { sendEvent, serveCalls, type Port } from '../contract/rpc.ts';
import { ImportThread } from './import-thread.ts';
import { parentPort } from './parent-port.ts';

// The port first: messages that arrive while TensorFlow loads wait in it.
const port: Port = parentPort();
const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (values.data === undefined) throw new Error('engine: expected --data FOLDER.');
yieldToWindow();
// Ctrl-C in a terminal reaches every process started from it: whoever started this one then has it save its run, and ends it.
process.on('SIGINT', () => undefined);
// Electron would only warn, and whoever waits for an answer would wait for ever; a process that ends is started anew.
process.on('unhandledRejection', (reason) => {
  throw reason;
});
const { EngineService } = await import('./engine-service.ts');
const importWorker = join(import.meta.dirname, `import-worker${extname(import.meta.filename)}`);
const service = new EngineService(
  values.data,
  (name, payload) => sendEvent(port, name, payload),
  new ImportThread(importWorker),
);
serveCalls(port, service.handlers, (problem) => process.stderr.write(`${problem}\n`));

/**
 * So that a window stays smooth while every core computes. Before TensorFlow is loaded: its threads inherit it. Where the
 * system counts finely, 5 still leaves it a quarter of a core that another program wants; Windows knows no such steps.
 */
function yieldToWindow(): void {
  try {
    setPriority(process.platform === 'win32' ? constants.priority.PRIORITY_BELOW_NORMAL : 5);
  } catch {
    // Some containers forbid it: the engine then competes with the window as an equal.
  }
}
