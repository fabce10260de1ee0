/** What the built app gets where it imports `electron`: as much of it as the app uses, typed against the real one. */
import type * as Electron from 'electron';
import { standInApp } from './app.ts';
import type { Faithful } from './faithful.ts';
import { standInSession } from './permissions.ts';
import {
  standInClipboard,
  standInDialog,
  standInMenu,
  standInNativeTheme,
  StandInNotification,
  standInPowerSaveBlocker,
  standInProtocol,
  standInSafeStorage,
  standInScreen,
  standInShell,
  standInSystemPreferences,
} from './services.ts';
import { StandInUtilityProcess } from './utility-process.ts';
import { standInIpcMain, StandInWindow, type StandInWebContents } from './window.ts';

type Main = typeof Electron;

export const app: Faithful<Electron.App, typeof standInApp> = standInApp;
export const BrowserWindow: Faithful<Main['BrowserWindow'], typeof StandInWindow> = StandInWindow;
export const clipboard: Faithful<Electron.Clipboard, typeof standInClipboard> = standInClipboard;
export const dialog = standInDialog;
export const ipcMain: Faithful<Electron.IpcMain, typeof standInIpcMain> = standInIpcMain;
export const Menu: Faithful<Main['Menu'], typeof standInMenu> = standInMenu;
export const nativeTheme: Faithful<Electron.NativeTheme, typeof standInNativeTheme> = standInNativeTheme;
export const Notification: Faithful<Main['Notification'], typeof StandInNotification> = StandInNotification;
export const powerSaveBlocker = standInPowerSaveBlocker;
export const protocol = standInProtocol;
export const safeStorage = standInSafeStorage;
export const screen = standInScreen;
export const session: Faithful<Main['session'], typeof standInSession> = standInSession;
export const shell: Faithful<Electron.Shell, typeof standInShell> = standInShell;
export const systemPreferences = standInSystemPreferences;
export const utilityProcess: Faithful<Main['utilityProcess'], typeof StandInUtilityProcess> = StandInUtilityProcess;

/** The instances are checked too: nothing in them that a real one lacks. */
export type CheckedInstances = readonly [
  Faithful<Electron.BrowserWindow, StandInWindow>['loadURL'],
  Faithful<Electron.WebContents, StandInWebContents>['send'],
  Faithful<Electron.UtilityProcess, StandInUtilityProcess>['kill'],
];
