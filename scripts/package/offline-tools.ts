import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names for electron-builder the programs to use in place of those it would download. */
export interface OfflineTools {
  readonly ELECTRON_BUILDER_7ZIP_PATH: string;
  readonly CUSTOM_FPM_PATH: string;
}

/** Writes a program into `scratch` for each tool: it runs our own script on this very Node. */
export async function offlineTools(scratch: string): Promise<OfflineTools> {
  return {
    ELECTRON_BUILDER_7ZIP_PATH: await wrapper(scratch, 'gzip-tool'),
    CUSTOM_FPM_PATH: await wrapper(scratch, 'deb-tool'),
  };
}

async function wrapper(scratch: string, name: string): Promise<string> {
  const path = join(scratch, name);
  const words = [process.execPath, join(import.meta.dirname, `${name}.ts`)].map(quoted);
  await writeFile(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
  await chmod(path, 0o755);
  return path;
}

/** One word of a shell's command, whatever is in it. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
