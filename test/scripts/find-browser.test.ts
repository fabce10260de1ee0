import { chromium } from '@playwright/test';
import { brotliCompressSync } from 'node:zlib';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BROWSER_VARIABLE, findBrowser, installedBrowser } from '../../scripts/find-browser.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'find-browser-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program in the only folder of the path. */
function program(name: string, text = ''): string {
  const path = join(folder, process.platform === 'win32' ? `${name}.EXE` : name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

describe('the browser for the end-to-end tests', () => {
  it('is the one the variable names, whatever is installed', () => {
    program('chromium-headless-shell');
    expect(installedBrowser({ [BROWSER_VARIABLE]: process.execPath, PATH: folder })).toBe(process.execPath);
  });

  it('named but not there is an error that says where it was looked for', () => {
    expect(() => installedBrowser({ [BROWSER_VARIABLE]: '/no/such/browser' })).toThrow(
      "AUTOENCODER_STUDIO_BROWSER: expected a browser's program, found nothing at /no/such/browser.",
    );
  });

  it('is the one without windows where it is installed, else Chromium, else Chrome', () => {
    const chrome = program('google-chrome');
    expect(installedBrowser({ PATH: folder }, folder)).toBe(chrome);
    const whole = program('chromium');
    expect(installedBrowser({ PATH: folder }, folder)).toBe(whole);
    const shell = program('chromium-headless-shell');
    expect(installedBrowser({ PATH: folder, [BROWSER_VARIABLE]: '' }, folder)).toBe(shell);
  });

  it.runIf(process.platform === 'linux' && process.arch === 'x64')(
    'is the one npm has installed, unpacked once, before any other of the system, unless it does not start there',
    async () => {
      const chrome = program('google-chrome');
      const env = { PATH: folder };
      const packed = (version: string, text: string): string => {
        const bin = join(folder, 'node_modules', '@sparticuz', 'chromium', 'bin');
        mkdirSync(bin, { recursive: true });
        writeFileSync(join(bin, '..', 'package.json'), JSON.stringify({ version }));
        writeFileSync(join(bin, 'chromium.br'), brotliCompressSync(text));
        return join(folder, 'node_modules', '.cache', 'headless-shell', version);
      };
      const find = (): Promise<string> => findBrowser(() => undefined, env, folder);
      const starts = packed('1.0.0', '#!/bin/sh\n');
      expect(installedBrowser(env, folder)).toBe(chrome);
      expect(await find()).toBe(starts);
      expect(installedBrowser(env, folder)).toBe(starts);
      packed('1.0.0', 'not looked at again');
      expect(await find()).toBe(starts);
      expect(await findBrowser(() => undefined, { ...env, [BROWSER_VARIABLE]: chrome }, folder)).toBe(chrome);
      packed('2.0.0', '#!/bin/sh\nexit 127\n');
      expect(await find()).toBe(chrome);
      expect(readdirSync(dirname(starts))).toEqual(['1.0.0']);
    },
  );

  /** Where one that is missing is installed, and none lies in a place of Playwright's own. */
  const isInstalled =
    process.getuid?.() === 0 && existsSync('/etc/debian_version') && !existsSync(chromium.executablePath());

  it.runIf(isInstalled).each([
    { has: 'chromium-headless-shell', asked: ['chromium-headless-shell'] },
    { has: 'chromium', asked: ['chromium-headless-shell', 'chromium'] },
  ])('is installed on a Debian that has $has, and taken from then on', async ({ has, asked }) => {
    // In place of Debian's: what it has and is to install is there afterwards, under the package's name.
    program(
      'apt-get',
      `#!/bin/sh\necho "$@" >> "\${0%/*}/asked"\n[ "$2" = update ] && exit\n[ "$5" = ${has} ] || exit 100\n/bin/cp "$0" "\${0%/*}/$5"\n`,
    );
    const said: string[] = [];
    const env = { PATH: folder };
    expect(await findBrowser((line) => said.push(line), env, folder)).toBe(join(folder, has));
    expect(await findBrowser((line) => said.push(line), env, folder)).toBe(join(folder, has));
    expect(said).toEqual(['Installing a browser for the end-to-end tests.']);
    expect(readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n')).toEqual([
      '-qq update',
      ...asked.map((name) => `-qq install -y --no-install-recommends ${name}`),
    ]);
  });

  it.runIf(isInstalled)('that could not be installed is an error that says what to do', async () => {
    program('apt-get', '#!/bin/sh\nexit 100\n');
    await expect(findBrowser(() => undefined, { PATH: folder }, folder)).rejects.toThrow(
      /^The end-to-end tests need a Chromium or Chrome: install one, .* or name one in AUTOENCODER_STUDIO_BROWSER\.$/,
    );
  });
});
