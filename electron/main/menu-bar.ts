import { app, Menu, type BrowserWindow, type OpenDialogOptions } from 'electron';
import { toErrorData } from '../domain/errors.ts';
import { zooms, type Settings, type SettingsChanges, type Zoom } from '../contract/settings.ts';
import type { Report } from '../contract/rpc.ts';
import type { Studio } from '../host/studio.ts';
import { choosePaths } from './dialogs.ts';
import { menuTemplate, trainingAfter, type MenuState, type MenuVerbs } from './menu.ts';
import type { RecentFiles } from './recent-files.ts';

export interface MenuBarOptions {
  readonly studio: Studio;
  readonly window: BrowserWindow;
  readonly recent: RecentFiles;
  readonly settings: () => Settings;
  readonly report: Report;
}

const experimentsOrRuns: OpenDialogOptions = {
  title: 'Open experiments or runs',
  filters: [{ name: 'Experiments and runs', extensions: ['json', 'aestudio', 'aestudio-experiment'] }],
  properties: ['openFile', 'multiSelections'],
};

const selectable: Readonly<
  Record<Parameters<MenuVerbs['askForImages']>[0], NonNullable<OpenDialogOptions['properties']>>
> = {
  files: ['openFile', 'multiSelections'],
  folders: ['openDirectory', 'multiSelections'],
  either: ['openFile', 'openDirectory', 'multiSelections'],
};

/** Keeps the app's menus as the app stands. */
export class MenuBar {
  readonly #options: MenuBarOptions;
  readonly #verbs: MenuVerbs;
  #training: MenuState['training'] = 'none';

  #changing: Promise<void> = Promise.resolve();

  constructor(options: MenuBarOptions) {
    this.#options = options;
    const { studio, recent } = options;
    this.#verbs = {
      choose: (command) => studio.choose(command),
      askForFiles: () => {
        this.#ask(experimentsOrRuns, (paths) => studio.arrivals.open(paths));
      },
      askForImages: (kind) => {
        const options = { title: 'Import images', properties: selectable[kind] } satisfies OpenDialogOptions;
        this.#ask(options, (paths) => studio.arrivals.importImages(paths));
      },
      openRecent: (path) => studio.arrivals.open([path]),
      clearRecent: () => recent.clear(),
      setTheme: (theme) => this.#change(() => ({ theme: theme === 'system' ? null : theme })),
      zoom: (step) => this.#change((settings) => ({ zoom: zoomAfter(settings.zoom ?? 100, step) })),
    };
    recent.onChange(() => this.#show());
    studio.listen((name, payload) => {
      const training = trainingAfter(name, payload);
      if (training !== undefined) this.#become(training);
      if (name === 'settings:changed') this.#show();
    });
    this.#show();
  }

  #become(training: MenuState['training']): void {
    this.#training = training;
    this.#show();
  }

  #show(): void {
    const { settings, recent } = this.#options;
    const theme = settings().theme ?? 'system';
    const state = { platform: process.platform, recent: recent.paths, training: this.#training, theme };
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(state, this.#verbs)));
  }

  #change(change: (settings: Settings) => SettingsChanges): void {
    const { studio, settings, report } = this.#options;
    // One after another: each step of the zoom is taken from where the one before has left it.
    this.#changing = this.#changing
      .then(async () => void (await studio.changeSettings(change(settings()))))
      .catch((error: unknown) => report(toErrorData(error).message));
  }

  #ask(options: OpenDialogOptions, take: (paths: readonly string[]) => void): void {
    const { window, report } = this.#options;
    choosePaths(window, { defaultPath: app.getPath('documents'), ...options })
      .then(take)
      .catch((error: unknown) => report(toErrorData(error).message));
  }
}

function zoomAfter(zoom: Zoom, step: 'in' | 'out' | 'reset'): Zoom {
  const at = zooms.indexOf(zoom);
  return step === 'reset' ? 100 : (zooms[at + (step === 'in' ? 1 : -1)] ?? zoom);
}
