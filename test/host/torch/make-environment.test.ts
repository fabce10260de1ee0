import { existsSync } from 'node:fs';
import { chmod, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isWhole, makeEnvironment } from '../../../electron/host/torch/make-environment.ts';
import { installs, sourceOf } from '../../../electron/host/torch/torch-builds.ts';
import { dataFolders } from '../studio-samples.ts';

const place = dataFolders();

/** A Python whose venv makes a copy of itself, and whose pip notes what it is told and prints what pip does. */
async function fakePython(install: string): Promise<string> {
  const path = join(place.path, 'python3');
  const program = `#!/bin/sh
set -e
pwd >> '${join(place.path, 'pwd.log')}'
if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit 0; fi
shift 2
echo "$@" >> '${join(place.path, 'pip.log')}'
case "$*" in
  *torch*) ${install};;
esac
`;
  await writeFile(path, program);
  await chmod(path, 0o755);
  return path;
}

const fetches = `echo '  Downloading torch-2.15.0-cp312.whl (1 MB)'; echo 'Progress 1500000000 of 1500000000'
  echo 'Installing collected packages: torch'`;

interface Making {
  readonly made: Promise<string>;
  readonly told: string[];
  readonly folder: string;
}

async function making(
  install: string,
  onTold: (message: string) => void = () => undefined,
): Promise<Making & { stop: () => void }> {
  const python = await fakePython(install);
  const folder = join(place.path, 'torch');
  const stop = new AbortController();
  const told: string[] = [];
  const made = makeEnvironment({
    python,
    folder,
    installs: installs('xpu', 'linux'),
    downloadBytes: sourceOf('xpu', 'linux').downloadBytes,
    onProgress: (fraction, message) => {
      told.push(`${message} ${fraction}`);
      onTold(message);
    },
    signal: stop.signal,
  });
  return { made, told, folder, stop: () => stop.abort() };
}

describe('an environment for Intel’s cards', () => {
  it('is made by pip from PyTorch’s index for them, the rest from the usual one', async () => {
    const { made, told, folder } = await making(fetches);
    expect(await made).toBe(join(folder, 'bin', 'python'));
    expect(isWhole(folder)).toBe(true);
    const log = (await readFile(join(place.path, 'pip.log'), 'utf8')).trim().split('\n');
    expect(log).toEqual([
      expect.stringMatching(/^install .*--upgrade pip>=24\.1$/),
      expect.stringMatching(/ torch>=2\.5,<3\.0 --index-url https:\/\/download\.pytorch\.org\/whl\/xpu$/),
      expect.stringMatching(/ numpy safetensors$/),
    ]);
    expect(log.every((line) => !line.includes('--extra-index-url'))).toBe(true);
    // Python takes the files of the folder that it is started in for modules: those of another are never there.
    expect(new Set((await readFile(join(place.path, 'pwd.log'), 'utf8')).trim().split('\n'))).toEqual(
      new Set([await realpath(folder)]),
    );
    expect(told).toEqual(['Making the environment 0', 'Fetching torch 0', 'Fetching torch 0.5', 'Unpacking 0.5']);
  });

  it('leaves nothing where it is cancelled in the middle of a download', async () => {
    const begun = Promise.withResolvers<undefined>();
    const { made, folder, stop } = await making(
      `echo '  Downloading torch-2.15.0-cp312.whl (1 MB)'; sleep 60`,
      (message) => {
        if (message === 'Fetching torch') begun.resolve(undefined);
      },
    );
    const cancelled = expect(made).rejects.toMatchObject({ code: 'stopped' });
    await begun.promise;
    stop();
    await cancelled;
    expect(existsSync(folder)).toBe(false);
  });

  it('leaves nothing, and says why, where PyTorch has none for this Python', async () => {
    const { made, folder } = await making(
      `echo 'ERROR: No matching distribution found for torch<3.0,>=2.5' >&2; exit 1`,
    );
    await expect(made).rejects.toThrow('There is no torch<3.0,>=2.5 for this system and this Python.');
    expect(existsSync(folder)).toBe(false);
  });
});
