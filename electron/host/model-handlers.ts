import type { EventName, Events, Handlers } from '../contract/contract.ts';
import { exportModel, type ChooseExportPlace } from './export.ts';
import type { ActiveRun, RunStore } from './run-store.ts';
import type { AskEngine } from './window-handlers.ts';

export interface ModelSurroundings {
  readonly store: RunStore;
  readonly ask: AskEngine;
  readonly choose: ChooseExportPlace;
  readonly active: () => ActiveRun | undefined;
  readonly appVersion: string;
  readonly tell: <E extends EventName>(name: E, payload: Events[E]) => void;
}

/** Answers for models what the engine alone cannot: where one goes, and that there is one more. */
export function modelHandlers(around: ModelSurroundings): Handlers<'model:export' | 'model:import'> {
  const { store, ask, choose, active, appVersion, tell } = around;
  return {
    'model:export': async (request) =>
      exportModel(request, { choose, ask, record: await store.open(request.runId, active()), appVersion }),
    'model:import': async (request) => {
      const answer = await ask('model:import', request);
      tell('runs:changed', {});
      return answer;
    },
  };
}
