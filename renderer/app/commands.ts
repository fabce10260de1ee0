import type { CommandId } from '../../electron/contract/commands.ts';
import { defaultPreset } from '../../electron/domain/presets.ts';
import type { Place } from '../window/place.ts';
import type { Studio } from './studio.svelte.ts';

/** What a command needs of the page itself. */
export interface PageVerbs {
  /** Asks for files; in a browser only, the desktop's menu asks by itself. */
  askForFiles(): void;
  askForImages(): void;
  focusRunSearch(): void;
  /** In the text field that has the focus; answers whether there is one. */
  editText(verb: 'undo' | 'redo'): boolean;
  writeClipboard(text: string): Promise<void>;
}

/** Does what a menu or a shortcut asks for; what makes no sense at the time does nothing. */
export function doCommand(studio: Studio, page: PageVerbs, command: CommandId): void {
  byId[command](studio, page);
}

/** Goes to a place; to Runs always to its list, from one of its runs too. */
export function goTo(studio: Studio, place: Place): void {
  if (place === 'runs') studio.store.showList();
  studio.place = place;
}

const go =
  (place: Place) =>
  (studio: Studio): void =>
    goTo(studio, place);

const byId: Readonly<Record<CommandId, (studio: Studio, page: PageVerbs) => void>> = {
  'new-experiment': (studio) => {
    studio.place = 'train';
    studio.preparing.choosePreset(defaultPreset);
  },
  'open-file': (_, page) => page.askForFiles(),
  'save-experiment': ({ reading, files }) => {
    if (reading?.kind === 'ready') void files.save(reading.experiment);
  },
  'import-images': (_, page) => page.askForImages(),
  'export-model': (studio) => void showRun(studio),
  'show-settings': ({ shell }) => {
    shell.dialog = 'settings';
  },
  undo: ({ preparing }, page) => {
    if (!page.editText('undo')) preparing.undo();
  },
  redo: ({ preparing }, page) => {
    if (!page.editText('redo')) preparing.redo();
  },
  'find-runs': (studio, page) => {
    studio.place = 'runs';
    studio.store.showList();
    page.focusRunSearch();
  },
  'go-data': go('data'),
  'go-model': go('model'),
  'go-train': go('train'),
  'go-reconstruct': go('reconstruct'),
  'go-odd': go('odd'),
  'go-latent': go('latent'),
  'go-runs': go('runs'),
  train: (studio) => {
    studio.place = 'train';
    void studio.start();
  },
  pause: ({ active, control }) => {
    if (active?.record.summary.status === 'paused') void control.resume(active.record.summary.id);
    else void control.pause();
  },
  stop: ({ control }) => void control.stop(),
  'stop-after-epoch': ({ control }) => void control.stop('after-epoch'),
  'show-help': ({ shell }) => {
    shell.helping = !shell.helping;
  },
  'show-shortcuts': ({ shell }) => {
    shell.dialog = 'shortcuts';
  },
  'show-logs': ({ shell }) => void shell.showFolder('logs'),
  'copy-diagnostics': ({ shell }, page) => void shell.copyDiagnostics((text) => page.writeClipboard(text)),
};

/** The page of the run that is on screen: its model is exported there. */
async function showRun(studio: Studio): Promise<void> {
  const shown = studio.place === 'runs' ? studio.chosen : studio.current;
  const runId = (shown ?? studio.chosen)?.record.summary.id;
  studio.place = 'runs';
  if (runId === undefined) return;
  studio.store.showRun();
  await studio.choose(runId);
}
