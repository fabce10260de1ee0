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

/** Runs the command line in this process, without a window and without a screen, and ends the app with its status. */
export async function runInTerminal(args: readonly string[], mainFolder: string): Promise<void> {
  if (process.platform === 'linux') app.commandLine.appendSwitch('ozone-platform', 'headless');
  app.disableHardwareAcceleration();
  try {
    // Only then may other processes be started, and Ctrl-C is the program's.
    await app.whenReady();
    app.dock?.hide();
    const entry = join(mainFolder, 'command-line.js');
    const { runCommandLine } = (await import(pathToFileURL(entry).href)) as { readonly runCommandLine: RunCommandLine };
    await runCommandLine({ args, entry, launchEngine });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
  // What was printed into a pipe is read first.
  process.stdout.write('', () => app.exit(Number(process.exitCode ?? 0)));
}
