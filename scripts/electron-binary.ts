import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReport, megabytes } from './native/report.ts';
import { runCommand } from './native/run-command.ts';
import { projectRoot } from './step.ts';

/** A download that brings nothing for so long is given up; one that goes on may take as long as it takes. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 500;
const INTERRUPTED = 130;
const electronPackage = join(projectRoot, 'node_modules', 'electron');

/**
 * Electron's own program where it is installed whole: its installer writes `path.txt` last, and `dist/version` says whose it is.
 * Looked for in files: its package's entry would download it.
 */
export function installedElectron(
  env: NodeJS.ProcessEnv = process.env,
  folder: string = electronPackage,
): string | undefined {
  const dist = env['ELECTRON_OVERRIDE_DIST_PATH'];
  const name = read(join(folder, 'path.txt'));
  if (dist !== undefined) return existing(join(dist, name ?? 'electron'));
  if (name === undefined || read(join(folder, 'dist', 'version'))?.replace(/^v/, '') !== versionOf(folder)) {
    return undefined;
  }
  return existing(join(folder, 'dist', name));
}

/** The same, after having Electron's installer fetch it, the progress of which is shown. */
export async function fetchElectron(): Promise<string | undefined> {
  const installed = installedElectron();
  if (installed !== undefined) return installed;
  // The installer writes there until all has come, and shows nothing.
  const scratch = mkdtempSync(join(tmpdir(), 'studio-electron-'));
  try {
    await install(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return installedElectron();
}

async function install(scratch: string): Promise<void> {
  const report = createReport(process.stderr);
  const stop = new AbortController();
  report.line(`Fetching Electron ${versionOf(electronPackage)}, once.`);
  let bytes = 0;
  let grewAt = Date.now();
  const watch = setInterval(() => {
    const now = bytesIn(scratch) + bytesIn(join(electronPackage, 'dist'));
    if (now !== bytes) [bytes, grewAt] = [now, Date.now()];
    else if (Date.now() - grewAt > PATIENCE_MS) stop.abort();
    if (bytes > 0) report.working('Fetching Electron', megabytes(bytes));
  }, LOOK_EVERY_MS);
  // The installer has a process group of its own, which Ctrl-C does not reach.
  const interrupt = (): void => {
    stop.abort();
    rmSync(scratch, { recursive: true, force: true });
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', interrupt);
  const env = { ...process.env, TMPDIR: scratch, TEMP: scratch, TMP: scratch };
  await runCommand(process.execPath, [join(electronPackage, 'install.js')], { env, signal: stop.signal })
    .catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    })
    .finally(() => {
      clearInterval(watch);
      process.off('SIGINT', interrupt);
    });
}

const read = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined);

const existing = (path: string): string | undefined => (existsSync(path) ? path : undefined);

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Zero for a folder that is not there, or whose files are being moved. */
function bytesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.reduce((sum, file) => sum + (statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0), 0);
}
