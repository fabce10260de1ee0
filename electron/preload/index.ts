import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import type { DesktopBridge, WindowChannel } from '../contract/contract.ts';
import { toErrorData } from '../domain/errors.ts';
import { FILES_CHANNEL } from '../contract/files.ts';
import { withOwnBuffers } from '../contract/own-buffers.ts';
import { Caller, IPC_CHANNEL, type Port } from '../contract/rpc.ts';
import { HandedFiles } from './handed-files.ts';

const portOn = (ipcChannel: string): Port => ({
  post: (message) => ipcRenderer.send(ipcChannel, withOwnBuffers(message)),
  onMessage: (listener) => {
    const receive = (_: IpcRendererEvent, message: unknown) => listener(message);
    ipcRenderer.on(ipcChannel, receive);
    return () => void ipcRenderer.off(ipcChannel, receive);
  },
});

const warn = (problem: string) => console.warn(problem);
const caller = new Caller<WindowChannel>(portOn(IPC_CHANNEL), warn);
// Never reached by the page's own calls: paths go this way.
const filesCaller = new Caller<'preload:stage'>(portOn(FILES_CHANNEL), warn);
const handed = new HandedFiles();

const studio: DesktopBridge = {
  call: (channel, request) => caller.call(channel, request),
  listen: (event, listener) => caller.listen(event, listener),
  hand: (file, path) => handed.hand(file as File, path),
  stage: async () => {
    try {
      return await filesCaller.call('preload:stage', { files: await handed.take() });
    } catch (error) {
      return { ok: false, error: toErrorData(error) };
    }
  },
};

contextBridge.exposeInMainWorld('studio', studio);
