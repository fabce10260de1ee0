import { join } from 'node:path';
import { app, BrowserWindow } from 'electron';
import { FILES_CHANNEL } from '../contract/files.ts';
import { IPC_CHANNEL } from '../contract/rpc.ts';
import { AppSettings } from '../host/app-settings.ts';
import { EngineProcess } from '../host/engine-process.ts';
import { Studio } from '../host/studio.ts';
import { chooseExportPlace } from './dialogs.ts';
import { windowPort } from './ipc.ts';
import { launchEngine } from './launcher.ts';
import { Leaving } from './leaving.ts';
import { setMenu } from './menu.ts';
import { Presence } from './presence.ts';
import { registerPageScheme, servePage } from './protocol.ts';
import { askBeforeLeaving, surroundingsOf } from './surroundings.ts';
import { commandLineArguments, runInTerminal } from './terminal.ts';
import { lockDownPages, openWindow, refusePermissions } from './window.ts';

const outFolder = join(import.meta.dirname, '..');
/** How long a run may take to save itself when the app quits; a large model's checkpoint takes a second or two. */
const SAVING_MS = 60_000;

const report = (problem: string) => void process.stderr.write(`${problem}\n`);

async function openStudio(): Promise<Studio> {
  const dataFolder = app.getPath('userData');
  const settings = await AppSettings.open({ dataFolder, report });
  const entry = join(outFolder, 'main', 'engine.js');
  const engine = new EngineProcess(() => launchEngine(entry, dataFolder, settings.current.threads), report);
  engine.start();
  return new Studio({
    host: 'desktop',
    version: app.getVersion(),
    dataFolder,
    engine,
    settings,
    chooseExportPlace: async (wish) => {
      const window = BrowserWindow.getAllWindows()[0];
      return window && chooseExportPlace(window, wish);
    },
    report,
  });
}

function openStudioWindow(studio: Studio): BrowserWindow {
  const window = openWindow(join(outFolder, 'preload', 'index.cjs'));
  const leave = studio.serveWindow(windowPort(window, IPC_CHANNEL, report), windowPort(window, FILES_CHANNEL, report));
  window.once('closed', leave);
  return window;
}

/** Brings the window back, from the taskbar or from out of sight. */
function show(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** Asks before a run is cut off, and shows what it does where its window is not looked at. */
function watchRuns(studio: Studio, window: BrowserWindow): void {
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
  app.on('second-instance', () => show(window));
  app.on('activate', () => show(window));
}

/** Once nothing prevents it, what is open is saved before the app ends. */
function quitGracefully(studio: Studio): void {
  let closing = false;
  let closed = false;
  app.on('before-quit', (event) => {
    if (closed || event.defaultPrevented) return;
    event.preventDefault();
    if (closing) return;
    closing = true;
    void studio.close(SAVING_MS).finally(() => {
      closed = true;
      app.quit();
    });
  });
}

function start(): void {
  app.enableSandbox();
  registerPageScheme();
  lockDownPages();
  app.on('window-all-closed', () => app.quit());
  void app.whenReady().then(async () => {
    refusePermissions();
    servePage(join(outFolder, 'renderer'));
    setMenu();
    const studio = await openStudio();
    watchRuns(studio, openStudioWindow(studio));
    quitGracefully(studio);
  });
}

function startOnce(): void {
  // Before the lock: two data folders are two apps.
  const dataFolder = app.commandLine.getSwitchValue('data');
  if (dataFolder !== '') app.setPath('userData', dataFolder);
  if (app.requestSingleInstanceLock()) start();
  else app.quit();
}

const typed = commandLineArguments(process.argv, app.isPackaged);
if (typed) void runInTerminal(typed, join(outFolder, 'main'));
else startOnce();
