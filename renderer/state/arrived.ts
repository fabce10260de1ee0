import type { ArrivedFiles } from '../../electron/contract/app.ts';
import type { StudioApi } from '../../electron/contract/contract.ts';
import type { ExperimentFiles } from './experiment-files.svelte.ts';
import type { Importing } from './importing.svelte.ts';
import type { RunsShelf } from './runs-shelf.svelte.ts';
import type { Place } from './studio.svelte.ts';

/** Who takes up which files. */
export interface ArrivalDesk {
  readonly api: StudioApi;
  place: Place;
  readonly files: ExperimentFiles;
  readonly shelf: RunsShelf;
  readonly importing: Importing;
}

/** Takes up what the system or the menu has handed to the app, and shows it in its place. */
export async function takeArrived(desk: ArrivalDesk): Promise<void> {
  const arrived = await desk.api.call('files:take', {});
  if (!arrived.ok) return;
  for (const files of arrived.value) await take(desk, files);
}

async function take(desk: ArrivalDesk, files: ArrivedFiles): Promise<void> {
  switch (files.kind) {
    case 'experiments':
      desk.place = 'train';
      return desk.files.openStaged(files);
    case 'runs':
      desk.place = 'runs';
      desk.shelf.showList();
      return desk.shelf.importStaged(files);
    case 'images':
      return desk.importing.beginStaged(files);
  }
}
