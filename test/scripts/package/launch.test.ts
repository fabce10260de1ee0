import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../scripts/step.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launch-'));
  copyFileSync(join(projectRoot, 'resources', 'linux', 'launch'), join(folder, 'launch'));
  program('autoencoder-studio', 'echo "$@"');
  // Who asks: not root, unless a test says so.
  mkdirSync(join(folder, 'bin'));
  program('bin/id', 'echo 1000');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, body: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(folder, name), 0o755);
}

function setting(name: string, value: string): void {
  const path = join(folder, 'proc', 'sys', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${value}\n`);
}

/** What the app's program is started with, by way of any path to the launcher. */
function launched(args: readonly string[], path = join(folder, 'launch')): string {
  const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, LAUNCH_PROC: join(folder, 'proc') };
  return execFileSync('sh', [path, ...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

const headless = '--no-sandbox --ozone-platform=headless cli';
const served = `${headless} serve --open`;

// Any system's shell runs it, though it ships for Linux.
describe('the launcher in a package', () => {
  it('starts the command line without a screen, by way of a link too', () => {
    expect(launched(['cli', 'train', '--epochs', '2'])).toBe(`${headless} train --epochs 2`);
    symlinkSync(join(folder, 'launch'), join(folder, 'elsewhere'));
    expect(launched(['cli', 'export'], join(folder, 'elsewhere'))).toBe(`${headless} export`);
  });

  it('opens the window where Chromium’s sandbox works', () => {
    expect(launched(['a b.aestudio'])).toBe('a b.aestudio');
    setting('kernel/apparmor_restrict_unprivileged_userns', '0');
    expect(launched([])).toBe('');
  });

  it.each([
    ['kernel/apparmor_restrict_unprivileged_userns', '1'],
    ['kernel/unprivileged_userns_clone', '0'],
    ['user/max_user_namespaces', '0'],
  ])('serves to the browser where %s is %s, unless the helper is root’s', (name, value) => {
    setting(name, value);
    expect(launched([])).toBe(served);
    program('bin/stat', 'echo "0 4755"');
    expect(launched([])).toBe('');
  });

  it('serves to the browser for root', () => {
    program('bin/id', 'echo 0');
    expect(launched([])).toBe(served);
  });
});
