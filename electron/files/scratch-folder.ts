import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerLives, ownerName } from './process-mark.ts';

const PREFIX = 'autoencoder-studio-';

/** A folder of temporary files may be shared between machines and containers, whose processes have numbers of their own. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

let swept: Promise<void> | undefined;

/**
 * A new, empty folder among the system's temporary files; whoever asked for it removes it. Should its process be killed
 * before, the next one that asks for such a folder, and the app when it starts, sweeps it.
 *
 * @param what a short word for what it holds, which is part of its name
 */
export async function scratchFolder(what: string): Promise<string> {
  await (swept ??= sweepScratch());
  return mkdtemp(join(tmpdir(), `${PREFIX}${machine}-${ownerName()}-${what}-`));
}

/** Removes the scratch folders of this machine's processes that are gone. */
export async function sweepScratch(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names) {
    const found = new RegExp(`^${PREFIX}${machine}-(\\d+-.*)$`, 's').exec(name);
    if (found === null || ownerLives(found[1]!)) continue;
    // Another user's folder refuses.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}
