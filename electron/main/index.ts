import { join } from 'node:path';
import { app, BrowserWindow } from 'electron';
import { FILES_CHANNEL } from '../contract/files.ts';
import { IPC_CHANNEL } from '../contract/rpc.ts';
import { AppSettings } from '../host/app-settings.ts';
import { EngineProcess } from '../host/engine-process.ts';
import { Studio } from '../host/studio.ts';
import { chooseExportFolder } from './dialogs.ts';
import { windowPort } from './ipc.ts';
import { launchEngine } from './launcher.ts';
import { setMenu } from './menu.ts';
import { registerPageScheme, servePage } from './protocol.ts';
import { lockDownPages, openWindow, refusePermissions } from './window.ts';

const outFolder = join(import.meta.dirname, '..');
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
    chooseExportPlace: async (suggested) => {
      const window = BrowserWindow.getAllWindows()[0];
      return window && chooseExportFolder(window, suggested);
    },
    report,
  });
}

function openStudioWindow(studio: Studio): void {
  const window = openWindow(join(outFolder, 'preload', 'index.cjs'));
  const leave = studio.serveWindow(windowPort(window, IPC_CHANNEL, report), windowPort(window, FILES_CHANNEL, report));
  window.once('closed', leave);
}

function quitGracefully(studio: Studio): void {
  let closed = false;
  app.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void studio.close().finally(() => {
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
  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows()[0];
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  void app.whenReady().then(async () => {
    refusePermissions();
    servePage(join(outFolder, 'renderer'));
    setMenu();
    const studio = await openStudio();
    quitGracefully(studio);
    openStudioWindow(studio);
  });
}

// Before the lock: two data folders are two apps.
const dataFolder = app.commandLine.getSwitchValue('data');
if (dataFolder !== '') app.setPath('userData', dataFolder);
if (app.requestSingleInstanceLock()) start();
else app.quit();
