import {
  app,
  BrowserWindow,
  nativeTheme,
  screen,
  session,
  systemPreferences,
  type MediaAccessPermissionRequest,
} from 'electron';
import type { Settings } from '../contract/settings.ts';
import { isOwnPage, PAGE_ADDRESS } from './protocol.ts';
import { SMALLEST, type Opening, type Rectangle, type WindowPlace } from './window-place.ts';

/** What the screens have room for, the main one first. */
export function workAreas(): readonly Rectangle[] {
  const main = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
  return [main, ...others].map(({ workArea }) => workArea);
}

export function openWindow(preload: string, { maximized, ...bounds }: Opening): BrowserWindow {
  const window = new BrowserWindow({
    ...bounds,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    window.show();
  });
  // That it failed is told by an event too (revive.ts).
  window.loadURL(PAGE_ADDRESS).catch(() => undefined);
  return window;
}

export function placeOf(window: BrowserWindow): WindowPlace {
  return { ...window.getNormalBounds(), maximized: window.isMaximized() };
}

/** The window's frame, the page's colours and its size follow the settings. */
export function applySettings(window: BrowserWindow, { theme, zoom }: Settings): void {
  nativeTheme.themeSource = theme ?? 'system';
  if (!window.isDestroyed()) window.webContents.setZoomFactor((zoom ?? 100) / 100);
}

/** No page ever leaves the app's own address, opens a window, embeds another page or is granted anything. */
export function lockDownPages(): void {
  app.on('web-contents-created', (_, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('will-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault();
    });
  });
}

/** Whether the page may have the camera at this moment: only while it asks for it, at a person's press. */
let cameraAllowed = false;

/** Lets the page have the camera when it asks, or no longer; macOS asks the person first. */
export async function allowCamera(allowed: boolean): Promise<void> {
  cameraAllowed = allowed && (process.platform !== 'darwin' || (await systemPreferences.askForMediaAccess('camera')));
}

/** Lets the page save what it has made itself, which a person is asked where to, and nothing of elsewhere. Must be called when the app is ready. */
export function guardDownloads(): void {
  session.defaultSession.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${PAGE_ADDRESS}`)) event.preventDefault();
  });
}

/** Grants nothing but the camera, and that only while `allowCamera` says so. Must be called when the app is ready. */
export function guardPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, decide, details) => {
    const { mediaTypes = [] } = details as MediaAccessPermissionRequest;
    decide(cameraAllowed && permission === 'media' && mediaTypes.length === 1 && mediaTypes[0] === 'video');
  });
  session.defaultSession.setPermissionCheckHandler(
    (_contents, permission, _origin, details) =>
      cameraAllowed && permission === 'media' && details.mediaType === 'video',
  );
}
