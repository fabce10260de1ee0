import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the folder is told to those who share it. */
export const PREPARED_VARIABLE = 'AUTOENCODER_STUDIO_TEST_PREPARED';

/**
 * Makes the folder in which Playwright's workers share what specs need (test/app/harness/prepared.ts). Its configuration is read by them
 * too: the first to read it makes the folder, and removes it at its end.
 */
export function sharePreparedFolder(): void {
  if (process.env[PREPARED_VARIABLE] !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'autoencoder-studio-prepared-'));
  process.env[PREPARED_VARIABLE] = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}
