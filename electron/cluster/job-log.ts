import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket, type RawData } from 'ws';
import { isPassing } from './cluster-error.ts';
import type { JobState, RayClient } from './ray-client.ts';

/** Live streams that broke off or brought nothing, one after the other, after which the log is asked for instead. */
const MOST_BROKEN = 2;
const FIRST_RETRY_MS = 1_000;
const MOST_RETRY_MS = 30_000;
const PULSE_MS = 30_000;

export interface JobLogOptions {
  readonly client: RayClient;
  readonly submission: string;
  /** Whole lines, in order; the next ones come when it has resolved, the same ones again where it was rejected. */
  readonly onLines: (lines: readonly string[]) => Promise<void>;
  /** The cluster cannot be reached (it is tried again), or can be again: then nothing is said. */
  readonly onContact: (problem: string | undefined) => void;
  readonly signal: AbortSignal;
  /** Between two questions where nothing comes live. */
  readonly pollMs?: number;
}

/**
 * A job's log, to its end, whatever happens to the connection. Ray's live stream begins anew with each connection and may close
 * cleanly in the middle: only the job's status says that it has ended, and the log is then asked for once more.
 */
export class JobLog {
  private readonly options: JobLogOptions;
  /** Lines handed on; those of a call that failed come again. */
  private seen = 0;
  private broken = 0;
  private retryMs = FIRST_RETRY_MS;

  constructor(options: JobLogOptions) {
    this.options = options;
  }

  /**
   * @returns how the job ended; nothing where the signal came first
   * @throws ClusterError where waiting does not help: `gone`, `token-wrong`; and what `onLines` throws
   */
  async follow(): Promise<JobState | undefined> {
    const { signal } = this.options;
    while (!signal.aborted) {
      try {
        const ended = await this.round();
        if (ended !== undefined) return ended;
        this.retryMs = FIRST_RETRY_MS;
      } catch (error) {
        if (signal.aborted) return undefined;
        if (!isPassing(error)) throw error;
        this.options.onContact((error as Error).message);
        await pause(this.retryMs, signal);
        this.retryMs = Math.min(MOST_RETRY_MS, this.retryMs * 2);
      }
    }
    return undefined;
  }

  /** Live as long as that goes, then the whole log. */
  private async round(): Promise<JobState | undefined> {
    const { client, submission, signal, onContact, pollMs = 2_000 } = this.options;
    if (this.broken < MOST_BROKEN) {
      const before = this.seen;
      await this.live();
      this.broken = this.seen > before ? 0 : this.broken + 1;
      if (signal.aborted) return undefined;
    } else await pause(pollMs, signal);
    // First the status: what the job prints before its end is then in the log that is asked for.
    const state = await client.job(submission);
    await this.take((await client.log(submission)).split('\n').slice(0, -1));
    onContact(undefined);
    return state.status === 'PENDING' || state.status === 'RUNNING' ? undefined : state;
  }

  /** Hands on what of a log's lines has not been yet. */
  private async take(lines: readonly string[]): Promise<void> {
    if (lines.length <= this.seen) return;
    const { length } = lines;
    await this.options.onLines(lines.slice(this.seen));
    this.seen = length;
  }

  /** One connection, until it closes, however it does. Rejects with what `onLines` rejects with. */
  private async live(): Promise<void> {
    const { client, submission, signal, onContact } = this.options;
    const { url, headers } = client.tail(submission);
    // Ray's stream comes out empty when it is compressed.
    const socket = new WebSocket(url, { headers, perMessageDeflate: false });
    const lines: string[] = [];
    let rest = '';
    let work = Promise.resolve();
    let failure: { readonly error: unknown } | undefined;
    const abort = (): void => socket.terminate();
    signal.addEventListener('abort', abort, { once: true });
    const stopWatching = watchPulse(socket);
    socket.on('message', (data: RawData) => {
      const parts = `${rest}${(data as Buffer).toString('utf8')}`.split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      work = work
        .then(() => this.take(lines))
        .catch((error: unknown) => {
          failure ??= { error };
          socket.terminate();
        });
    });
    socket.on('open', () => onContact(undefined));
    // Told by the questions that follow, in their words.
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    signal.removeEventListener('abort', abort);
    stopWatching();
    await work;
    if (failure !== undefined) throw failure.error;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** Ends a connection whose other end has vanished without a word, as after a laptop's sleep. */
function watchPulse(socket: WebSocket): () => void {
  let isThere = true;
  socket.on('pong', () => (isThere = true));
  const timer = setInterval(() => {
    if (!isThere) return socket.terminate();
    isThere = socket.readyState !== socket.OPEN;
    if (!isThere) socket.ping();
  }, PULSE_MS);
  return () => clearInterval(timer);
}
