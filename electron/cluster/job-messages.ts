import { jobMessages, type JobMessage } from '../contract/cluster.ts';
import { readToldLine } from '../contract/told-lines.ts';

/** Longer than any message of a job. */
const MOST_LINE = 100_000;

/** One line of the job's log as a message; nothing for all else that jobs print, and for a message that is damaged. */
export function readJobMessage(line: string): JobMessage | undefined {
  return readToldLine(line, jobMessages, MOST_LINE);
}
