import { createHash } from 'node:crypto';
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

const short = (mark: string): string => createHash('sha256').update(mark).digest('hex').slice(0, 8);
const ownShort = short(ownMark());

/** How the name of a passing file says whose it is: "4711-1f0c22ab", the process and its mark made short. */
export const ownerName = (): string => `${process.pid}-${ownShort}`;

/**
 * Whether the process still lives that a name begins with, as `ownerName` wrote it; names of earlier versions have its number alone.
 * In a container each start gives the same few numbers again.
 */
export function ownerLives(name: string): boolean {
  const [, number, mark] = /^(\d+)-(?:([0-9a-f]{8})-)?/.exec(name) ?? [];
  const processId = Number(number);
  if (!isAlive(processId)) return false;
  if (mark === undefined) return true;
  const actual = processId === process.pid ? ownShort : shortMarkOf(processId);
  return actual === undefined || actual === mark;
}

function shortMarkOf(processId: number): string | undefined {
  const mark = systemMark(processId);
  return mark === undefined ? undefined : short(mark);
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
