import { readFile } from 'node:fs/promises';
import type { Browser } from '@playwright/test';

/** What the app consists of while it runs: the window's processes by Chromium's own words, and the app's two. */
export type ProcessName = 'window' | 'drawing' | 'main' | 'engine';

/** Seconds of processor time since each process began. */
export type CpuSeconds = Readonly<Record<ProcessName, number>>;

/** Linux counts processor time in hundredths of a second. */
const TICKS_A_SECOND = 100;

/** User and system time of a process, in seconds; Linux tells. */
async function secondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

async function browserSeconds(browser: Browser, type: string): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const pids = processInfo.filter((process) => process.type.toLowerCase() === type).map(({ id }) => id);
  const seconds = await Promise.all(pids.map(secondsOf));
  return seconds.reduce((sum, one) => sum + one, 0);
}

export async function cpuSeconds(browser: Browser, pids: Record<'main' | 'engine', number>): Promise<CpuSeconds> {
  const [window, drawing, main, engine] = await Promise.all([
    browserSeconds(browser, 'renderer'),
    browserSeconds(browser, 'gpu'),
    secondsOf(pids.main),
    secondsOf(pids.engine),
  ]);
  return { window, drawing, main, engine };
}
