import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import type { StudioApi, WindowChannel } from '../contract/contract.ts';
import { Caller, IPC_CHANNEL, type Port } from '../contract/rpc.ts';

const port: Port = {
  post: (message) => ipcRenderer.send(IPC_CHANNEL, message),
  onMessage: (listener) => {
    const receive = (_: IpcRendererEvent, message: unknown) => listener(message);
    ipcRenderer.on(IPC_CHANNEL, receive);
    return () => void ipcRenderer.off(IPC_CHANNEL, receive);
  },
};

const caller = new Caller<WindowChannel>(port, (problem) => console.warn(problem));

const studio: StudioApi = {
  call: (channel, request) => caller.call(channel, request),
  listen: (event, listener) => caller.listen(event, listener),
};

contextBridge.exposeInMainWorld('studio', studio);
