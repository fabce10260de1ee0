import { spawnSync } from 'node:child_process';

/** The Python that a process trains with; nothing while there is none. */
export function traineeOf(parent: number): number | undefined {
  const { stdout } = spawnSync('pgrep', ['-P', String(parent), '-f', 'studio.card'], { encoding: 'utf8' });
  const [pid] = (stdout ?? '').trim().split('\n');
  return pid === undefined || pid === '' ? undefined : Number(pid);
}
