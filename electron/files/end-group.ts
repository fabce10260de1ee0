import type { ChildProcess } from 'node:child_process';

/** Ends a process by force, and all that it has started, where it was started `detached`; Windows knows no such groups. */
export function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
