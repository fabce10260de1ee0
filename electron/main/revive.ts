import { app, type BrowserWindow } from 'electron';
import type { Report } from '../contract/rpc.ts';
import { askAt } from './dialogs.ts';

/** As often as this within a minute a page is loaded anew by itself; then something is wrong that would go on. */
const MOST_A_MINUTE = 3;
const MINUTE_MS = 60_000;

/** Chromium's `ERR_ABORTED`: another load has taken its place, or the window closes. */
const ABORTED = -3;

/**
 * Loads the page anew when its process is gone: the run trains elsewhere, and is there again. Asks where it cannot be loaded: nobody
 * would see a window without a page, which keeps others from starting.
 */
export function reviveWhenGone(window: BrowserWindow, report: Report): void {
  let lately: number[] = [];
  window.webContents.on('render-process-gone', (_, { reason, exitCode }) => {
    report(`The window’s process is gone: ${reason}, exit code ${exitCode}.`);
    // It is closing.
    if (window.isDestroyed()) return;
    const now = Date.now();
    lately = [...lately.filter((time) => now - time < MINUTE_MS), now];
    if (lately.length <= MOST_A_MINUTE) window.webContents.reload();
    else void askToReload(window, 'Its process has ended several times.');
  });
  window.webContents.on('did-fail-load', (_, code, description, _address, isMainFrame) => {
    if (!isMainFrame || code === ABORTED || window.isDestroyed()) return;
    report(`The window’s page could not be loaded: ${description} (${code}).`);
    void askToReload(window, `Its page could not be loaded: ${description}.`);
  });
}

async function askToReload(window: BrowserWindow, why: string): Promise<void> {
  const { response } = await askAt(window, {
    type: 'error',
    message: 'The window cannot be shown.',
    detail: `${why} A run that trains goes on, and is saved when the app quits.`,
    buttons: ['Try again', 'Quit'],
    noLink: true,
  });
  if (response === 1) app.quit();
  else if (!window.isDestroyed()) window.webContents.reload();
}
