import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { findExecutable, runCommand } from './native/run-command.ts';
import { unpackedShell, unpackShell } from './packed-shell.ts';
import { projectRoot } from './step.ts';

/** Names a Chromium or Chrome for the end-to-end tests. */
export const BROWSER_VARIABLE = 'AUTOENCODER_STUDIO_BROWSER';

/** Debian's package of Chromium without windows of its own: the same pages for a tenth less of the processor's time, and 60 packages fewer. */
const HEADLESS_SHELL = 'chromium-headless-shell';

/** The first that is installed is taken. */
const names = [
  HEADLESS_SHELL,
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'brave-browser',
];

function usualPlaces(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (process.platform !== 'win32') return [];
  const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].filter(
    (root) => root !== undefined,
  );
  return roots.map((root) => join(root, 'Google', 'Chrome', 'Application', 'chrome.exe'));
}

function namedBrowser(env: NodeJS.ProcessEnv): string | undefined {
  const named = env[BROWSER_VARIABLE];
  if (named === undefined || named === '') return undefined;
  if (existsSync(named)) return named;
  throw new Error(`${BROWSER_VARIABLE}: expected a browser's program, found nothing at ${named}.`);
}

/** A browser that is here already: the one the user names, the one unpacked from its package, an installed one, Playwright's own. */
export function installedBrowser(env: NodeJS.ProcessEnv = process.env, root = projectRoot): string | undefined {
  const chosen = namedBrowser(env) ?? unpackedShell(root);
  if (chosen !== undefined) return chosen;
  const installed = names.map((name) => findExecutable(name, env)).find((path) => path !== undefined);
  return installed ?? [...usualPlaces(env), chromium.executablePath()].find((path) => existsSync(path));
}

/**
 * The same, after unpacking the one that npm has installed; where that is not for this system, after installing Debian's package `chromium-headless-shell`, or `chromium` where there is none such, where that may be done: as root on Debian.
 * @throws Error with one sentence saying what to install.
 */
export async function findBrowser(
  say: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
  root = projectRoot,
): Promise<string> {
  const installed = namedBrowser(env) ?? (await unpackShell(root)) ?? installedBrowser(env, root);
  if (installed !== undefined) return installed;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    say('Installing a browser for the end-to-end tests.');
    await aptGet(env, 'update');
    // A distribution may have only the whole Chromium.
    for (const name of [HEADLESS_SHELL, 'chromium']) {
      await aptGet(env, 'install', '-y', '--no-install-recommends', name);
      const found = installedBrowser(env, root);
      if (found !== undefined) return found;
    }
  }
  throw new Error(
    `The end-to-end tests need a Chromium or Chrome: install one, run "npx playwright install chromium", or name one in ${BROWSER_VARIABLE}.`,
  );
}

async function aptGet(env: NodeJS.ProcessEnv, ...args: string[]): Promise<void> {
  const quiet = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['-qq', ...args], { env: quiet, signal: new AbortController().signal });
}
