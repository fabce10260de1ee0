// The whole app but for its window: the host, with its engine in a process of its own. It starts the campaign's run, or resumes
// the one that it finds cut off when its parent says so. Made to be killed.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchEngine } from '../../electron/cli/launch-engine.ts';
import type { WindowChannel } from '../../electron/contract/contract.ts';
import { unwrap } from '../../electron/domain/errors.ts';
import { Caller } from '../../electron/contract/rpc.ts';
import { AppSettings } from '../../electron/host/app-settings.ts';
import { EngineProcess } from '../../electron/host/engine-process.ts';
import { Studio } from '../../electron/host/studio.ts';
import { portPair } from '../contract/port-pair.ts';
import { clusterParts } from '../host/cluster-parts.ts';
import { experiments } from './experiments.ts';
import type { Told } from './told.ts';

const { values } = parseArgs({ options: { data: { type: 'string' } } });
const dataFolder = values.data ?? '';
const tell = (told: Told): void => void process.send?.(told);
const report = (): void => undefined;

const settings = await AppSettings.open({ dataFolder, report });
const engine = new EngineProcess(() => launchEngine(join(import.meta.dirname, 'engine.ts'), dataFolder, 1), report);
const chooseExportPlace = () => Promise.resolve(undefined);
const own = { host: 'desktop', version: '', dataFolder, ...clusterParts(dataFolder) } as const;
const studio = new Studio({ ...own, engine, settings, chooseExportPlace, report });
const [near, far] = portPair();
studio.serveWindow(far);
const window = new Caller<WindowChannel>(near);

window.listen('run:progressed', () => tell({ kind: 'step' }));
window.listen('run:resumed', ({ epoch, problems }) => tell({ kind: 'resumed', epoch, problems }));
window.listen('run:epoch-ended', ({ metrics }) => tell({ kind: 'epoch', epoch: metrics.epoch }));
window.listen('run:ended', ({ status, problem }) => {
  tell({ kind: 'ended', status, ...(problem === undefined ? {} : { problem }) });
  if (status !== 'interrupted') void studio.close().then(() => process.disconnect());
});
process.on('message', () => void goOn());
await goOn();

async function goOn(): Promise<void> {
  const [run] = unwrap(await window.call('run:list', {}));
  if (run === undefined) unwrap(await window.call('run:start', { experiment: experiments.dense }));
  else unwrap(await window.call('run:resume', { runId: run.id }));
}
