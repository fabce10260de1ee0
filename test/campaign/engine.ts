// The engine process of the campaign's app: the real one's way of training, on the campaign's own image set.
import { parseArgs } from 'node:util';
import type { EngineChannel, Handlers } from '../../electron/contract/contract.ts';
import { sendEvent, serveCalls } from '../../electron/contract/rpc.ts';
import { ImageSets } from '../../electron/engine-process/image-sets.ts';
import { parentPort } from '../../electron/engine-process/parent-port.ts';
import { RunService } from '../../electron/engine-process/run-service.ts';
import { often, trainEagerly } from './eagerly.ts';
import { tinySet } from './experiments.ts';

const port = parentPort();
const { values } = parseArgs({ options: { data: { type: 'string' } } });
const dataFolder = values.data ?? '';
trainEagerly();
const imageSets = new ImageSets(dataFolder);
imageSets.add(tinySet());
const service = new RunService({
  dataFolder,
  imageSets,
  policy: often,
  emit: (name, payload) => sendEvent(port, name, payload),
});
const handlers: Pick<Handlers<EngineChannel>, keyof typeof service.handlers | 'engine:describe'> = {
  ...service.handlers,
  'engine:describe': async () => ({ tensorflow: '', threads: 1, residentBytes: 0 }),
};
serveCalls(port, handlers, (problem) => process.stderr.write(`${problem}\n`));
