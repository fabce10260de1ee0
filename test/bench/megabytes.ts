import { readFile } from 'node:fs/promises';

/** What Linux counts of this process's memory: resident, of that what lies in no file, and the most that was resident. */
export async function megabytes(name: 'VmRSS' | 'RssAnon' | 'VmHWM'): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024;
}
