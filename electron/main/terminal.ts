import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';
import type { RunCommandLine } from '../host/command-line.ts';
import { launchEngine } from './launcher.ts';

const COMMAND = 'cli';

/**
 * What follows `cli` where the app was started as a command line (`autoencoder-studio cli train …`), else undefined.
 * @param argv the process's own; before the app is packaged its second word is the app's folder
 */
export function commandLineArguments(argv: readonly string[], isPackaged: boolean): readonly string[] | undefined {
  const words = argv.slice(1);
  // Chromium's own switches may come first.
  const first = words.findIndex((word) => !word.startsWith('-'));
  const at = isPackaged ? first : first + 1;
  return first >= 0 && words[at] === COMMAND ? words.slice(at + 1) : undefined;
}

/**
 * Runs the command line in this process, without a window, and ends the app with its status. That it needs no screen either is said
 * by a switch that Chromium reads before any of this runs: `resources/linux/launch` gives it.
 */
export async function runInTerminal(args: readonly string[], mainFolder: string): Promise<void> {
  // Electron would show what nobody catches in a box, and go on.
  for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, fail);
  app.disableHardwareAcceleration();
  try {
    // Only then may other processes be started, and Ctrl-C is the program's.
    await app.whenReady();
    app.dock?.hide();
    const entry = join(mainFolder, 'command-line.js');
    const { runCommandLine } = (await import(pathToFileURL(entry).href)) as { readonly runCommandLine: RunCommandLine };
    await runCommandLine({ args, entry, launchEngine });
  } catch (error) {
    return fail(error);
  }
  // What was printed into a pipe is read first.
  process.stdout.write('', () => app.exit(Number(process.exitCode ?? 0)));
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  app.exit(1);
}
