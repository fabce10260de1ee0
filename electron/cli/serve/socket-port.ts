import type { RawData, WebSocket } from 'ws';
import type { Port, Report } from '../../contract/rpc.ts';
import { wirePort } from '../../contract/wire.ts';

/** What may wait unsent before progress is left out: on a slow tunnel the window wants the latest, not all. */
const ENOUGH_WAITING_BYTES = 1_000_000;

/** @param mostWaitingBytes a window that lets more than this wait is dropped: it does not read, and memory is not endless */
export function socketPort(socket: WebSocket, mostWaitingBytes: number, report: Report): Port {
  const port = wirePort(
    {
      send: (frame) => socket.send(frame),
      onFrame: (listener) => {
        const receive = (data: RawData, isBinary: boolean) => {
          if (!isBinary) return report('Expected a binary frame, found text.');
          listener(data as Buffer);
        };
        socket.on('message', receive);
        return () => void socket.off('message', receive);
      },
    },
    report,
  );
  return {
    onMessage: port.onMessage,
    post: (message) => {
      if (socket.readyState !== socket.OPEN) return;
      if (isProgress(message) && socket.bufferedAmount > ENOUGH_WAITING_BYTES) return;
      if (socket.bufferedAmount > mostWaitingBytes) {
        report(`A window does not read: ${socket.bufferedAmount} bytes wait for it. It was dropped.`);
        return socket.terminate();
      }
      port.post(message);
    },
  };
}

function isProgress(message: unknown): boolean {
  if (typeof message !== 'object' || message === null || !('name' in message)) return false;
  return message.name === 'run:progressed' || message.name === 'import:progressed';
}
