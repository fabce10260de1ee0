// The engine process of the campaign's app: the real one's way of training, on the campaign's own image set.
import { parseArgs } from 'node:util';
import type { EngineChannel, Handlers } from '../../electron/contract/contract.ts';
import { sendEvent, serveCalls } from '../../electron/contract/rpc.ts';
import { ImageSets } from '../../electron/run/image-sets.ts';
import { parentPort } from '../../electron/run/parent-port.ts';
import { RunDesk } from '../../electron/run/run-desk.ts';
import { often, trainEagerly } from './eagerly.ts';
import { tinySet } from './experiments.ts';

const port = parentPort();
const { values } = parseArgs({ options: { data: { type: 'string' } } });
const dataFolder = values.data ?? '';
trainEagerly();
const imageSets = new ImageSets(dataFolder);
imageSets.add(tinySet());
const desk = new RunDesk({
  dataFolder,
  imageSets,
  policy: often,
  emit: (name, payload) => sendEvent(port, name, payload),
});
const handlers: Pick<Handlers<EngineChannel>, keyof typeof desk.handlers | 'engine:describe'> = {
  ...desk.handlers,
  'engine:describe': async () => ({ tensorflow: '', threads: 1, residentBytes: 0 }),
};
serveCalls(port, handlers, (problem) => process.stderr.write(`${problem}\n`));
