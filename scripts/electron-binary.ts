import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReport, megabytes, type Report } from './native/report.ts';
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

/** How Electron's program is fetched; for tests otherwise than usual. */
export interface FetchOptions {
  /** Its package. */
  readonly folder?: string;
  readonly report?: Report;
  readonly patienceMs?: number;
  readonly lookEveryMs?: number;
}

/** The same, after having Electron's installer fetch it, the progress of which is shown. */
export async function fetchElectron({
  folder = electronPackage,
  report = createReport(process.stderr),
  patienceMs = PATIENCE_MS,
  lookEveryMs = LOOK_EVERY_MS,
}: FetchOptions = {}): Promise<string | undefined> {
  const installed = installedElectron(process.env, folder);
  if (installed !== undefined) return installed;
  // The installer writes there until all has come, and shows nothing.
  const scratch = mkdtempSync(join(tmpdir(), 'studio-electron-'));
  try {
    await install(scratch, { folder, report, patienceMs, lookEveryMs });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return installedElectron(process.env, folder);
}

async function install(
  scratch: string,
  { folder, report, patienceMs, lookEveryMs }: Required<FetchOptions>,
): Promise<void> {
  const stop = new AbortController();
  report.line(`Fetching Electron ${versionOf(folder)}, once.`);
  let bytes = 0;
  let grewAt = Date.now();
  const watch = setInterval(() => {
    const now = bytesIn(scratch) + bytesIn(join(folder, 'dist'));
    if (now !== bytes) [bytes, grewAt] = [now, Date.now()];
    else if (Date.now() - grewAt > patienceMs) stop.abort();
    if (bytes > 0) report.working('Fetching Electron', megabytes(bytes));
  }, lookEveryMs);
  // The installer has a process group of its own, which Ctrl-C does not reach.
  const interrupt = (): void => {
    stop.abort();
    rmSync(scratch, { recursive: true, force: true });
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', interrupt);
  const env = { ...process.env, TMPDIR: scratch, TEMP: scratch, TMP: scratch };
  await runCommand(process.execPath, [join(folder, 'install.js')], { env, signal: stop.signal })
    .then(({ status, output }) => {
      if (status !== 0) report.line(`Electron could not be fetched: ${reasonIn(output)}`);
    })
    .catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
      report.line(`Electron could not be fetched: nothing came for ${patienceMs / 1_000} s.`);
    })
    .finally(() => {
      clearInterval(watch);
      process.off('SIGINT', interrupt);
    });
}

/** An uncaught error as Node prints it has its message above where it was thrown. */
function reasonIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.find((line) => /^\w*Error\b.*: /.test(line)) ?? lines.findLast((line) => line !== '') ?? 'no word why.';
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
