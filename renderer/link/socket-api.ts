import type { Answer, Events, EventName, Request, StudioApi, WindowChannel } from '../../electron/contract/contract.ts';
import { StudioError, toErrorData, type Result } from '../../electron/domain/errors.ts';
import type { HandedFile, Staged } from '../../electron/contract/files.ts';
import { Caller, eventNames } from '../../electron/contract/rpc.ts';
import { wirePort, type FrameLine } from '../../electron/contract/wire.ts';
import { postWithProgress, upload, type Post } from './upload.ts';

/** What this needs of a WebSocket, so that a test may pass its own. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'addEventListener' | 'removeEventListener'> & {
  binaryType: BinaryType;
};

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

/**
 * The contract over a WebSocket that comes back by itself. Listeners outlive a broken socket; calls made while it is
 * broken are answered with an error at once, those under way when it breaks too.
 */
export class SocketApi implements StudioApi {
  readonly takesFolders = false;
  readonly #open: () => Socket;
  readonly #post: Post;
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();
  readonly #linkListeners = new Set<(link: 'open' | 'lost') => void>();
  #caller: Promise<Caller<WindowChannel>>;
  #wait = FIRST_WAIT_MS;
  #wasLost = false;

  /** @param post how bodies are uploaded; a test may pass its own. */
  constructor(open: () => Socket, post: Post = postWithProgress) {
    this.#open = open;
    this.#post = post;
    this.#caller = this.#connect();
  }

  async call<C extends WindowChannel>(channel: C, request: Request<C>): Promise<Result<Answer<C>>> {
    const caller = await this.#caller;
    return caller.call(channel, request);
  }

  async stage(files: readonly HandedFile[], onProgress?: (fraction: number) => void): Promise<Result<Staged>> {
    const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
    const opened = await this.call('files:open', { bytes });
    if (!opened.ok) return opened;
    const { staged } = opened.value;
    try {
      await upload(staged, files, this.#post, onProgress);
      return { ok: true, value: { staged, files: files.length, bytes } };
    } catch (error) {
      void this.call('files:release', { staged });
      return { ok: false, error: toErrorData(error) };
    }
  }

  listen<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  onLink(listener: (link: 'open' | 'lost') => void): () => void {
    this.#linkListeners.add(listener);
    return () => void this.#linkListeners.delete(listener);
  }

  /** Resolves when the socket has opened, or has failed to: the caller then answers everything with the error. */
  #connect(): Promise<Caller<WindowChannel>> {
    const socket = this.#open();
    socket.binaryType = 'arraybuffer';
    const caller = new Caller<WindowChannel>(wirePort(lineOf(socket), console.warn), console.warn);
    for (const name of eventNames) caller.listen(name, (payload) => this.#tell(name, payload));
    return new Promise((resolve) => {
      socket.addEventListener('open', () => {
        this.#wait = FIRST_WAIT_MS;
        resolve(caller);
        if (this.#wasLost) this.#tellLink('open');
        this.#wasLost = false;
      });
      socket.addEventListener('close', () => {
        caller.close(new StudioError('refused', 'The connection to the app’s server was lost; it is tried again.'));
        resolve(caller);
        this.#reconnectLater();
      });
    });
  }

  #reconnectLater(): void {
    if (!this.#wasLost) this.#tellLink('lost');
    this.#wasLost = true;
    setTimeout(() => (this.#caller = this.#connect()), this.#wait);
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS);
  }

  #tell<E extends EventName>(name: E, payload: Events[E]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(payload as never);
  }

  #tellLink(link: 'open' | 'lost'): void {
    for (const listener of [...this.#linkListeners]) listener(link);
  }
}

function lineOf(socket: Socket): FrameLine {
  return {
    send: (frame) => socket.send(frame),
    onFrame: (listener) => {
      const receive = (event: MessageEvent) => {
        if (event.data instanceof ArrayBuffer) listener(event.data);
      };
      socket.addEventListener('message', receive);
      return () => socket.removeEventListener('message', receive);
    },
  };
}
