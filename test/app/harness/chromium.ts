import { chromium, type Browser } from '@playwright/test';
import { installedBrowser } from '../../../scripts/find-browser.ts';

/**
 * A browser with a fresh profile. Chromium's sandbox does not run as root.
 * @param flags that a test needs besides
 */
export async function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = installedBrowser();
  if (executablePath === undefined) throw new Error('No Chromium or Chrome was found; npm test installs or names one.');
  const quiet = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
  return chromium.launch({
    executablePath,
    chromiumSandbox: process.platform !== 'linux' || process.getuid?.() !== 0,
    args: [...quiet, '--disable-sync', ...flags],
  });
}
