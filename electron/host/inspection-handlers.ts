import type { Answer, EventName, Events, Handlers, Request } from '../contract/contract.ts';
import type { TrainedOnNormal } from '../contract/inspection.ts';
import { fromErrorData, StudioError } from '../domain/errors.ts';
import { recipeForNormal } from '../domain/inspection/recipe-for-normal.ts';
import { exportInto, fileName, type ChooseExportPlace } from './export.ts';
import { normalImport } from './normal-import.ts';
import type { AskEngine } from './window-handlers.ts';

export interface InspectionHost {
  readonly ask: AskEngine;
  readonly choose: ChooseExportPlace;
  readonly startImport: (request: Request<'import:start'>) => Promise<Answer<'import:start'>>;
  readonly startRun: (request: Request<'run:start'>) => Promise<Answer<'run:start'>>;
  readonly listen: (listener: <E extends EventName>(name: E, payload: Events[E]) => void) => () => void;
}

/** Asks where an inspection's files go, and makes a set and a run of normal pictures. */
export function inspectionHandlers(host: InspectionHost): Handlers<'inspection:train' | 'inspection:export'> {
  return {
    'inspection:train': (request) => trainOnNormal(host, request),
    'inspection:export': ({ job, model }) => {
      const name = `${fileName(model.runId)}-inspection`;
      return exportInto(host.choose, { kind: 'folder', name, title: 'Export inspection' }, (folder) =>
        host.ask('engine:inspection-export', { job, model, folder }),
      );
    },
  };
}

async function trainOnNormal(host: InspectionHost, request: Request<'inspection:train'>): Promise<TrainedOnNormal> {
  const { staged, name, tiles } = request;
  const plan = await host.ask('import:plan', { staged, ...(name === undefined ? {} : { name }) });
  const { normal, checked, options } = normalImport(plan, tiles);
  const imageSet = await imported(host, { staged, options, autoInverts: plan.autoInverts });
  const { experiment } = recipeForNormal(imageSet);
  const { runId } = await host.startRun({ experiment: { ...experiment, name: imageSet.name } });
  return { imageSet, runId, normal, checked };
}

/** Imports, and waits until it has ended. @throws StudioError `stopped`, or why it failed */
async function imported(host: InspectionHost, request: Request<'import:start'>): Promise<TrainedOnNormal['imageSet']> {
  const ends = new Map<string, Events['import:ended']>();
  let wake = (): void => undefined;
  // Before it begins: a small one may have ended before its name is known here.
  const stop = host.listen((event, payload) => {
    if (event !== 'import:ended') return;
    const ended = payload as Events['import:ended'];
    ends.set(ended.importId, ended);
    wake();
  });
  try {
    const { importId } = await host.startImport(request);
    while (!ends.has(importId)) await new Promise<void>((resolve) => (wake = resolve));
    const ended = ends.get(importId)!;
    if (ended.kind === 'failed') throw fromErrorData(ended.error);
    if (ended.kind === 'cancelled') throw new StudioError('stopped', 'The import was stopped: nothing is trained.');
    return ended.report.set;
  } finally {
    stop();
  }
}
