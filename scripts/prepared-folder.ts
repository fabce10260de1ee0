import { rmSync } from 'node:fs';
import { scratchFolder } from '../electron/files/scratch-folder.ts';

/** Where the folder is told to those who share it. */
export const PREPARED_VARIABLE = 'AUTOENCODER_STUDIO_TEST_PREPARED';

/**
 * Makes the folder in which Playwright's workers share what specs need (test/app/harness/prepared.ts). Its configuration is read by them
 * too: the first to read it makes the folder, and removes it at its end. Where that one is killed, the next to make one removes it.
 */
export async function sharePreparedFolder(): Promise<void> {
  if (process.env[PREPARED_VARIABLE] !== undefined) return;
  const folder = await scratchFolder('prepared');
  process.env[PREPARED_VARIABLE] = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}
