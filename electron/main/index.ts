import { join, resolve } from 'node:path';
import { app, BrowserWindow, clipboard, dialog, shell } from 'electron';
import { StudioError, toErrorData } from '../domain/errors.ts';
import { FILES_CHANNEL } from '../contract/files.ts';
import { IPC_CHANNEL } from '../contract/rpc.ts';
import { TOKEN_VARIABLE } from '../contract/cluster.ts';
import { makeDeepNow } from '../files/make-deep.ts';
import { AppSettings } from '../host/app-settings.ts';
import { ClusterTokens } from '../host/cluster-tokens.ts';
import { EngineProcess } from '../host/engine-process.ts';
import { LogFile } from '../host/log-file.ts';
import { logWords } from '../host/log-words.ts';
import { Studio } from '../host/studio.ts';
import { chooseExportPlace, choosePython } from './dialogs.ts';
import { HandOver } from './hand-over.ts';
import { windowPort } from './ipc.ts';
import { systemKeychain } from './keychain.ts';
import { launchEngine } from './launcher.ts';
import { Leaving } from './leaving.ts';
import { MenuBar } from './menu-bar.ts';
import { Presence } from './presence.ts';
import { registerPageScheme, servePage } from './protocol.ts';
import { RecentFiles } from './recent-files.ts';
import { reviveWhenGone } from './revive.ts';
import { askBeforeLeaving, surroundingsOf } from './surroundings.ts';
import { commandLineArguments, runInTerminal } from './terminal.ts';
import { openingAt, PlaceFile } from './window-place.ts';
import {
  allowCamera,
  applySettings,
  guardDownloads,
  guardPermissions,
  lockDownPages,
  openWindow,
  placeOf,
  workAreas,
} from './window.ts';

/** As in electron-builder.yml. */
const APP_ID = 'org.autoencoder-studio.app';
const outFolder = join(import.meta.dirname, '..');
/** How long a run may take to save itself when the app quits; a large model's checkpoint takes a second or two. */
const SAVING_MS = 60_000;

/** What the app is made of, once it is open. */
interface Services {
  readonly studio: Studio;
  readonly settings: AppSettings;
  readonly recent: RecentFiles;
  readonly place: PlaceFile;
  readonly report: (problem: string) => void;
}

async function openServices(dataFolder: string): Promise<Services> {
  const log = new LogFile(dataFolder);
  const report = (problem: string): void => {
    process.stderr.write(`${problem}\n`);
    log.add(problem);
  };
  log.add(`Autoencoder Studio ${app.getVersion()} starts.`);
  const [settings, recent] = await Promise.all([
    AppSettings.open({ dataFolder, report }),
    RecentFiles.open(dataFolder, report),
  ]);
  const entry = join(outFolder, 'main', 'engine.js');
  const engine = new EngineProcess(() => launchEngine(entry, dataFolder, settings.current.threads), report);
  engine.start();
  const studio = new Studio({
    host: 'desktop',
    version: app.getVersion(),
    dataFolder,
    engine,
    settings,
    chooseExportPlace: async (wish) => {
      const window = BrowserWindow.getAllWindows()[0];
      return window && chooseExportPlace(window, wish);
    },
    clusterSources: join(outFolder, '..', 'resources', 'cluster'),
    sampleRuns: join(outFolder, '..', 'resources', 'samples'),
    clusterTokens: new ClusterTokens({
      dataFolder,
      report,
      keychain: systemKeychain,
      fromEnvironment: process.env[TOKEN_VARIABLE],
    }),
    report,
    log,
    desktop: {
      showFolder,
      allowCamera,
      choosePython: async () => {
        const window = BrowserWindow.getAllWindows()[0];
        return window && choosePython(window);
      },
      copyText: (text) => clipboard.writeText(text),
      filesUsed: (paths) => {
        recent.add(paths);
        for (const path of paths) app.addRecentDocument(path);
      },
    },
  });
  studio.listen((name, payload) => {
    const words = logWords(name, payload);
    if (words !== undefined) log.add(words);
  });
  return { studio, settings, recent, place: new PlaceFile(dataFolder, report), report };
}

async function showFolder(folder: string): Promise<void> {
  const problem = await shell.openPath(folder);
  if (problem !== '') throw new StudioError('refused', `${folder}: the folder could not be shown: ${problem}`);
}

/** The one window, where it stood; its place is kept when it closes. */
async function openStudioWindow({ studio, settings, place, report }: Services): Promise<BrowserWindow> {
  const window = openWindow(join(outFolder, 'preload', 'index.cjs'), openingAt(await place.read(), workAreas()));
  const leave = studio.serveWindow(windowPort(window, IPC_CHANNEL, report), windowPort(window, FILES_CHANNEL, report));
  window.once('closed', leave);
  window.on('close', () => place.keep(placeOf(window)));
  reviveWhenGone(window, report);
  window.webContents.on('did-finish-load', () => applySettings(window, settings.current));
  studio.listen((name) => {
    if (name === 'settings:changed') applySettings(window, settings.current);
  });
  return window;
}

/** Brings the window back, from the taskbar or from out of sight; one that has closed already stays gone. */
function show(window: BrowserWindow): void {
  if (window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** Asks before a run is cut off, and shows what it does where its window is not looked at. */
function watchRuns({ studio }: Services, window: BrowserWindow): void {
  const leaving = new Leaving({
    isTraining: () => studio.isTraining,
    ask: () => askBeforeLeaving(window),
    hide: () => window.hide(),
    quit: () => app.quit(),
  });
  const presence = new Presence(surroundingsOf(window, () => show(window)));
  studio.listen((name, payload) => {
    presence.hear(name, payload);
    leaving.onIdle();
  });
  window.on('close', (event) => leaving.onLeave(event));
  window.on('show', () => leaving.onShown());
  app.on('before-quit', (event) => leaving.onLeave(event));
  app.on('activate', () => show(window));
}

/** Files that the system hands over go to the window as long as there is one. */
function takeFiles({ studio }: Services, window: BrowserWindow, handOver: HandOver): void {
  handOver.open({ take: (paths) => studio.arrivals.open(paths), show: () => show(window) });
  // Heard last: a run that trains may have prevented it.
  window.on('close', (event) => {
    if (!event.defaultPrevented) handOver.close();
  });
  window.once('closed', () => handOver.close());
}

/** Once nothing prevents it, what is open is saved before the app ends. */
function quitGracefully({ studio, recent, place, report }: Services, window: BrowserWindow, handOver: HandOver): void {
  let closing = false;
  let closed = false;
  app.on('before-quit', (event) => {
    if (closed || event.defaultPrevented) return;
    event.preventDefault();
    if (closing) return;
    closing = true;
    handOver.close();
    // Its windows close only once nothing prevents the quitting any more: too late for a file.
    if (!window.isDestroyed()) place.keep(placeOf(window));
    Promise.all([studio.close(SAVING_MS), recent.close(), place.close()])
      .catch((error: unknown) => report(`Not everything was saved: ${toErrorData(error).message}`))
      .finally(() => {
        closed = true;
        app.quit();
      });
  });
}

async function start(): Promise<void> {
  app.enableSandbox();
  registerPageScheme();
  lockDownPages();
  app.on('window-all-closed', () => app.quit());
  const handOver = new HandOver();
  await app.whenReady();
  guardPermissions();
  guardDownloads();
  servePage(join(outFolder, 'renderer'));
  const services = await openServices(app.getPath('userData'));
  const window = await openStudioWindow(services);
  const { studio, settings, recent, report } = services;
  new MenuBar({ studio, window, recent, settings: () => settings.current, report });
  watchRuns(services, window);
  takeFiles(services, window, handOver);
  quitGracefully(services, window, handOver);
}

/** Before the lock: two data folders are two apps. */
function choosePaths(): void {
  const named = app.commandLine.getSwitchValue('data');
  if (named === '' && app.commandLine.hasSwitch('data')) {
    throw new StudioError('bad-request', '--data: expected a folder after it, as in --data=my-runs, found none.');
  }
  const dataFolder = named === '' ? app.getPath('userData') : resolve(named);
  const sessionFolder = join(dataFolder, 'session');
  // Electron takes a folder only that is there.
  makeDeepNow(resolve(sessionFolder));
  app.setPath('userData', dataFolder);
  // Of Chromium's own, whose `Cache` would be this app's `cache` where case does not count.
  app.setPath('sessionData', sessionFolder);
}

async function startOnce(): Promise<void> {
  // Windows groups windows, and pins them, by this; the installer's shortcut has the same.
  if (process.platform === 'win32') app.setAppUserModelId(APP_ID);
  choosePaths();
  if (app.requestSingleInstanceLock()) await start();
  else app.quit();
}

/** Nobody would see a process without a window, which would keep others from starting. */
function giveUp(error: unknown): void {
  const { message, detail } = toErrorData(error);
  process.stderr.write(`${detail ?? message}\n`);
  dialog.showErrorBox('Autoencoder Studio could not start', message);
  app.exit(1);
}

const typed = commandLineArguments(process.argv, app.isPackaged);
if (typed) void runInTerminal(typed, join(outFolder, 'main'));
else startOnce().catch(giveUp);
