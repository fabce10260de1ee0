/** What shells expect of a program that Ctrl-C has ended. */
export const STOPPED = 130;

/** Does work whose signal Ctrl-C, or being ended by the system, aborts: once; again, and the program ends at once. */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    return await work(stopping.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
