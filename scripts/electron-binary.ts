import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './native/run-command.ts';
import { projectRoot } from './step.ts';

const PATIENCE_MS = 60_000;
const electronPackage = join(projectRoot, 'node_modules', 'electron');

/** Electron's own program where it is installed already. Looked for in files: its package's entry would download it. */
export function installedElectron(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const pathFile = join(electronPackage, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron';
  const binary = join(env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(electronPackage, 'dist'), name);
  return existsSync(binary) ? binary : undefined;
}

/** The same, after letting Electron's installer try to fetch it for up to a minute. */
export async function fetchElectron(): Promise<string | undefined> {
  const installed = installedElectron();
  if (installed !== undefined) return installed;
  const installer = join(electronPackage, 'install.js');
  const { signal } = new AbortController();
  await runCommand(process.execPath, [installer], { env: process.env, signal, timeoutMs: PATIENCE_MS });
  return installedElectron();
}
