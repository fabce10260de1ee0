import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { toErrorData } from '../../electron/domain/errors.ts';
import { CheckpointFolder } from '../../electron/files/checkpoint-folder.ts';
import type { RunFolder } from '../../electron/files/run-folder.ts';
import { decodeSafetensors } from '../../electron/files/safetensors.ts';

/** Begins the names of what is being written, and of what has been replaced: no reader looks there. */
const HIDDEN = '.';

/** Reads every file of a run's folder. @returns what is not whole, in sentences; how many files were read */
export async function readWhole(folder: RunFolder): Promise<{ readonly damaged: string[]; readonly files: number }> {
  const names = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const paths = names.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const seen = paths.filter((path) => !path.slice(folder.path.length).includes(`/${HIDDEN}`));
  const { id } = await folder.readState();
  const damaged = (await folder.readMetrics()).problems;
  for (const path of seen) {
    try {
      await readOne(path, id);
    } catch (error) {
      damaged.push(toErrorData(error).message);
    }
  }
  return { damaged, files: seen.length };
}

async function readOne(path: string, runId: string): Promise<void> {
  const bytes = await readFile(path);
  const name = basename(path);
  if (name.endsWith('.safetensors')) decodeSafetensors(bytes, path);
  else if (name.endsWith('.json')) JSON.parse(bytes.toString());
  else if (name !== 'metrics.jsonl') throw new Error(`${path}: expected no such file`);
  if (name !== 'checkpoint.json') return;
  const { stateSha256 } = await new CheckpointFolder(join(path, '..')).readNote(runId);
  const state = await readFile(join(path, '..', 'state.safetensors'));
  if (createHash('sha256').update(state).digest('hex') !== stateSha256) throw new Error(`${path}: not of this state`);
}
