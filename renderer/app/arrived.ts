import type { ArrivedFiles } from '../../electron/contract/app.ts';
import type { StudioApi } from '../../electron/contract/contract.ts';
import type { ExperimentFiles } from '../experiment/experiment-files.svelte.ts';
import type { Importing } from '../places/data/importing.svelte.ts';
import type { RunsStore } from '../places/runs/runs-store.svelte.ts';
import type { Place } from '../window/place.ts';

/** Who takes up which files. */
export interface ArrivalContext {
  readonly api: StudioApi;
  place: Place;
  readonly files: ExperimentFiles;
  readonly store: RunsStore;
  readonly importing: Importing;
}

/** Takes up what the system or the menu has handed to the app, and shows it in its place. */
export async function takeArrived(context: ArrivalContext): Promise<void> {
  const arrived = await context.api.call('files:take', {});
  if (!arrived.ok) return;
  for (const files of arrived.value) await take(context, files);
}

async function take(context: ArrivalContext, files: ArrivedFiles): Promise<void> {
  switch (files.kind) {
    case 'experiments':
      context.place = 'train';
      return context.files.openStaged(files);
    case 'runs':
      context.place = 'runs';
      context.store.showList();
      return context.store.importStaged(files);
    case 'images':
      return context.importing.beginStaged(files);
  }
}
