import { chromium, type Browser } from '@playwright/test';
import { installedBrowser } from '../../../scripts/find-browser.ts';

/**
 * The suggestions below the address bar, which nobody sees: each window would start a process for their two pages, and take three times
 * as long. A process in store for each window, which none of its pages comes to need. Chromium heeds only the last list, so those of
 * Playwright's own stand in it again
 * (https://github.com/microsoft/playwright/blob/main/packages/playwright-core/src/server/chromium/chromiumSwitches.ts).
 */
const NOT_WANTED = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'SpareRendererForSitePerProcess',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

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
    args: [...quiet, '--disable-sync', `--disable-features=${NOT_WANTED.join()}`, ...flags],
  });
}
