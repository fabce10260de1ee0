import { ipcMain, type BrowserWindow, type IpcMainEvent } from 'electron';
import { withOwnBuffers } from '../contract/own-buffers.ts';
import type { Port, Report } from '../contract/rpc.ts';
import { isOwnPage } from './protocol.ts';

/**
 * The one place that touches `ipcMain`: a port to a window's own page, and to no other frame or address, on one of the channels
 * that its preload speaks on.
 */
export function windowPort(window: BrowserWindow, ipcChannel: string, report: Report): Port {
  const { webContents } = window;
  return {
    post: (message) => {
      if (!webContents.isDestroyed()) webContents.send(ipcChannel, withOwnBuffers(message));
    },
    onMessage: (listener) => {
      const receive = (event: IpcMainEvent, message: unknown) => {
        if (event.sender !== webContents) return;
        const frame = event.senderFrame;
        if (frame && frame === webContents.mainFrame && isOwnPage(frame.url)) listener(message);
        else report(`A message from ${frame?.url ?? 'a frame that is gone'} was ignored: it is not the app's page.`);
      };
      ipcMain.on(ipcChannel, receive);
      return () => void ipcMain.off(ipcChannel, receive);
    },
  };
}
