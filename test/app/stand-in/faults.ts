import { tellHarness } from './link.ts';

/** Tells the harness, which fails the test, of what a real Electron would only warn of, or show a person in a box. */
export function tellFault(text: string): void {
  process.stderr.write(`${text}\n`);
  tellHarness({ kind: 'fault', text });
}

const words = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** As Electron's main process: a rejection that nobody handles is warned of, an exception shown, and the app goes on. */
export function goOnAfterFaults(): void {
  process.on('unhandledRejection', (reason) => tellFault(`Nobody handles a rejection: ${words(reason)}`));
  process.on('uncaughtException', (error) =>
    tellFault(`A JavaScript error occurred in the main process: ${words(error)}`),
  );
}
