import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { isAlive } from './process-alive.ts';

/** A process as a file remembers it. */
export interface NotedProcess {
  readonly processId: number;
  /** As `ownMark` gave it; older files have none. */
  readonly processMark?: string;
}

const BEGAN = 'began ';

/** Tells this process from a later one that is given its number: when it began, as finely as the system says it. */
export function ownMark(): string {
  return systemMark(process.pid) ?? `${BEGAN}${Math.round(Date.now() - process.uptime() * 1000)}`;
}

/** Whether a process still lives that a file has noted: neither gone, nor another one under its number. */
export function livesStill({ processId, processMark }: NotedProcess): boolean {
  if (processMark?.startsWith(BEGAN)) {
    // Two seconds for clocks that were set right meanwhile.
    const booted = Date.now() - (uptime() + 2) * 1000;
    if (Number(processMark.slice(BEGAN.length)) < booted) return false;
  } else if (processMark !== undefined && processMark !== systemMark(processId)) return false;
  return isAlive(processId);
}

/** On Linux: this boot of the machine, and the tick since then at which the process began. Nothing of a process that is gone. */
function systemMark(processId: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    // proc(5): the name stands in parentheses and may hold anything; the start time is field 22, the 20th after it.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return start === undefined ? undefined : `${boot}/${start}`;
  } catch {
    return undefined;
  }
}
