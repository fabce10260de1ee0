// Trains an experiment of the campaign, or takes it up where it was cut off; tells its parent what happens. Made to be killed.
import { parseArgs } from 'node:util';
import type { Events } from '../../electron/contract/contract.ts';
import { RunFolder } from '../../electron/files/run-folder.ts';
import { CompiledRunner } from '../../electron/engine/graph/compiled-runner.ts';
import { EagerRunner } from '../../electron/engine/step-runner.ts';
import { readResumption } from '../../electron/training/resumption.ts';
import { TrainingRun } from '../../electron/training/training-run.ts';
import { often, trainEagerly } from './eagerly.ts';
import { compiles, experiments, tinySet, type ExperimentName } from './experiments.ts';
import { runId, type Told } from './told.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { data: text, experiment: text, epochs: text } });
const { data, experiment: name } = values as { readonly data: string; readonly experiment: ExperimentName };
const { training, ...rest } = experiments[name];
const epochs = values.epochs === undefined ? training.epochs : Number(values.epochs);
const tell = (told: Told): void => void process.send?.(told);

if (!compiles(name)) trainEagerly();
for (const { prototype } of [EagerRunner, CompiledRunner]) {
  const run = prototype.run as EagerRunner['run'];
  prototype.run = function (this: never, call) {
    const costs = run.call(this, call);
    tell({ kind: 'step' });
    return costs;
  };
}

const folder = RunFolder.under(data, runId);
const resumption = await folder.readState().then(
  () => readResumption(folder),
  () => undefined,
);
const run = new TrainingRun({
  id: runId,
  experiment: { ...rest, training: { ...training, epochs } },
  set: tinySet(),
  folder,
  ...(resumption === undefined ? {} : { resumption }),
  ...(name === 'compiled' ? { path: 'xla-loop' } : {}),
  policy: often,
  emit: (event, payload) => {
    if (event === 'run:started') tell({ kind: 'started' });
    if (event === 'run:resumed') {
      const { epoch, problems } = payload as Events['run:resumed'];
      tell({ kind: 'resumed', epoch, problems });
    }
    if (event === 'run:epoch-ended')
      tell({ kind: 'epoch', epoch: (payload as Events['run:epoch-ended']).metrics.epoch });
  },
});
await run.begin();
const { status, problem } = await run.train();
tell({ kind: 'ended', status, ...(problem === undefined ? {} : { problem }) });
process.disconnect();
