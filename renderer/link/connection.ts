import type { DesktopBridge, StudioApi } from '../../electron/contract/contract.ts';
import { desktopApi } from './desktop-api.ts';
import { SocketApi } from './socket-api.ts';

declare global {
  interface Window {
    /** Put there by the desktop app's preload; a browser has none. */
    readonly studio?: DesktopBridge;
  }
}

export type Link = 'open' | 'lost';

/** The way to the host, whichever it is. */
export interface Connection {
  readonly api: StudioApi;
  /** Told when the way to the host breaks and when it is there again. Returns its unsubscribe. */
  onLink(listener: (link: Link) => void): () => void;
}

export function connect(): Connection {
  if (window.studio) return { api: desktopApi(window.studio), onLink: () => () => undefined };
  const address = new URL('/socket', window.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new SocketApi(() => new WebSocket(address));
  return { api: socket, onLink: (listener) => socket.onLink(listener) };
}
