import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepContext } from './context.ts';
import { sha256OfFile } from './hash.ts';
import { NativeError } from './native-error.ts';
import { findPip, pipError } from './pip.ts';
import { wheelHeaders, wheelLicences, type WheelSource } from './platforms.ts';
import { megabytes } from './report.ts';
import { runCommand } from './run-command.ts';
import { withZip, ZipError } from './zip.ts';
import type { Entry } from 'yauzl';

const lookEveryMs = 200;

/** `TensorFlow 2.21.0 (Python package tensorflow-cpu)`, for messages. */
export function wheelTitle(wheel: WheelSource): string {
  return `TensorFlow ${wheel.version} (Python package ${wheel.name})`;
}

/**
 * Downloads the wheel into `folder` through pip, which checks its hash, and checks the hash again. Returns its path.
 * Throws the step's errors for a missing pip, no network, a download cut off, a full disk and a hash that differs.
 */
export async function downloadWheel(context: StepContext, wheel: WheelSource, folder: string): Promise<string> {
  const [command, ...args] = await findPip(context);
  const target = join(folder, 'wheel');
  const scratch = join(folder, 'pip');
  mkdirSync(target);
  mkdirSync(scratch);
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  // pip says nothing of its progress to a pipe, so the file it writes is watched as it grows.
  const watch = setInterval(() => {
    const bytes = Math.max(largestFile(scratch), largestFile(target));
    if (bytes > 0) showDownload(context, wheel, Math.min(bytes, wheel.bytes - 1));
  }, lookEveryMs);
  const result = await runCommand(command, [...args, ...downloadArguments(wheel, requirements, target)], {
    env: { ...context.env, TMPDIR: scratch, TEMP: scratch, TMP: scratch, PIP_REQUIRE_VIRTUALENV: '0' },
    signal: context.signal,
  }).finally(() => {
    clearInterval(watch);
  });
  const [name] = readdirSync(target).filter((file) => file.endsWith('.whl'));
  if (result.status !== 0 || name === undefined) throw pipError(result, wheelTitle(wheel));
  showDownload(context, wheel, wheel.bytes);
  const path = join(target, name);
  const found = await sha256OfFile(path);
  if (found !== wheel.sha256) {
    throw new NativeError(
      'hash-mismatch',
      `${name} has the SHA-256 ${found}, expected ${wheel.sha256}, so it was not used. Run the same command again; if it stays so, the download is being altered on its way.`,
    );
  }
  return path;
}

function downloadArguments(wheel: WheelSource, requirements: string, target: string): readonly string[] {
  return [
    'download',
    ...['--requirement', requirements, '--require-hashes', '--no-deps', '--only-binary=:all:'],
    ...['--python-version', wheel.pythonVersion, '--platform', wheel.platformTag],
    // The libraries go to our own cache: a second copy in pip's would only take space.
    ...['--no-cache-dir', '--disable-pip-version-check', '--no-input', '--progress-bar', 'off', '--retries', '2'],
    ...['--dest', target],
  ];
}

function showDownload(context: StepContext, wheel: WheelSource, bytes: number): void {
  const detail = `${megabytes(bytes)} of ${megabytes(wheel.bytes)}`;
  context.report.progress(`Downloading TensorFlow ${wheel.version}`, bytes / wheel.bytes, detail);
}

function largestFile(folder: string): number {
  let largest = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stats?.isFile()) largest = Math.max(largest, stats.size);
  }
  return largest;
}

/**
 * Unpacks what the step needs from a wheel into `folder`: `lib` with the two libraries, `include` with the C API's
 * headers, and the licences. Throws `damaged-wheel` naming what is missing or broken.
 */
export async function unpackWheel(
  context: StepContext,
  wheel: WheelSource,
  path: string,
  folder: string,
): Promise<void> {
  try {
    await withZip(path, async (zip) => {
      const targets = unpackTargets(wheel, zip.entries);
      const total = targets.reduce((sum, [entry]) => sum + entry.uncompressedSize, 0);
      let done = 0;
      for (const [entry, target] of targets) {
        await zip.extract(entry, join(folder, target), {
          signal: context.signal,
          onBytes: (bytes) => {
            done += bytes;
            context.report.progress('Unpacking', done / total, `${megabytes(done)} of ${megabytes(total)}`);
          },
        });
      }
    });
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    throw new NativeError(
      'damaged-wheel',
      `The wheel of ${wheelTitle(wheel)} is damaged: ${error.message} Nothing of it was kept; run the same command again.`,
      { cause: error },
    );
  }
}

function unpackTargets(
  wheel: WheelSource,
  entries: ReadonlyMap<string, Entry>,
): readonly (readonly [entry: Entry, target: string])[] {
  const libraries = [wheel.main, wheel.framework].map((name) => {
    const entry = entries.get(name);
    if (entry === undefined) throw new ZipError(`It holds no ${name}.`);
    return [entry, join('lib', name.slice(name.lastIndexOf('/') + 1))] as const;
  });
  const others = [...entries.values()].flatMap((entry) => {
    if (entry.fileName.endsWith('/')) return [];
    if (wheelLicences.some((name) => name === entry.fileName)) return [[entry, licenceTarget(entry.fileName)] as const];
    if (!entry.fileName.startsWith(wheelHeaders.root)) return [];
    const header = entry.fileName.slice(wheelHeaders.root.length);
    if (!wheelHeaders.prefixes.some((prefix) => header.startsWith(prefix))) return [];
    return [[entry, join('include', header)] as const];
  });
  return [...libraries, ...others];
}

const licenceTarget = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
