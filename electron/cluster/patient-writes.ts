import { setTimeout as sleep } from 'node:timers/promises';
import { toErrorData } from '../domain/errors.ts';

export interface PatientWritesOptions {
  readonly signal: AbortSignal;
  /** How long a full disk is waited for before it is tried again. */
  readonly retryMs: number;
  readonly onFull: (problem: string) => void;
  readonly onSpace: () => void;
}

/** Writes that are tried again while the disk here is full: the job goes on meanwhile, and what it told stays there. */
export class PatientWrites {
  private readonly options: PatientWritesOptions;

  constructor(options: PatientWritesOptions) {
    this.options = options;
  }

  /** Rejects with what `write` does, a full disk only once the signal has come. */
  async persist<T>(write: () => Promise<T>): Promise<T> {
    const { signal, retryMs, onFull, onSpace } = this.options;
    let isFull = false;
    for (;;) {
      try {
        const written = await write();
        if (isFull) onSpace();
        return written;
      } catch (error) {
        const { code, message } = toErrorData(error);
        if (code !== 'disk-full' || signal.aborted) throw error;
        if (!isFull) onFull(`${message} The job goes on on the cluster.`);
        isFull = true;
        await sleep(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
