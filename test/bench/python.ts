import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { StudioError } from '../../electron/domain/errors.ts';

/** What one benchmark needs of Python. */
export interface PythonNeeds {
  /** Begins the environment's folder in the cache. */
  readonly name: string;
  /** The file of pinned packages. */
  readonly requirements: string;
  /** Room on the disk, while pip unpacks. */
  readonly gigabytes: number;
  /** Said before they are fetched. */
  readonly notice: readonly string[];
}

/** The environment takes 8 GB once unpacked, and pip 3.5 GB beside it while it unpacks. */
const peers: PythonNeeds = {
  name: 'bench',
  requirements: join(import.meta.dirname, 'peers', 'requirements.txt'),
  gigabytes: 12,
  notice: [
    'It downloads about 3.5 GB and takes 8 GB on disk. Most of that is CUDA packages, which torch brings along',
    'and cannot be imported without; nothing here uses a graphics card.',
  ],
};

/** Oldest and newest minor version of Python 3 for which every pinned package has a wheel. */
const MINORS = { least: 11, most: 13 } as const;

export interface PythonEnvironment {
  /** The interpreter inside the environment. */
  readonly python: string;
  /** `keras==3.15.1` and so on, as pinned. */
  readonly packages: readonly string[];
}

/** The packages with their versions, from requirements.txt. */
export function pinnedPackages({ requirements }: PythonNeeds = peers): readonly string[] {
  return readFileSync(requirements, 'utf8')
    .split('\n')
    .filter((line) => line.includes('=='));
}

/**
 * Returns the benchmark's own Python environment, making it in the user's cache folder the first time.
 * Throws a StudioError that says what is missing: Python, its venv module, room on the disk, or the network.
 */
export async function ensurePython(say: (line: string) => void, needs = peers): Promise<PythonEnvironment> {
  const packages = pinnedPackages(needs);
  const host = findPython();
  const folder = environmentFolder(needs, host.version);
  const python = join(folder, 'bin', 'python');
  const done = join(folder, 'complete');
  if (existsSync(done) && existsSync(python)) return { python, packages };

  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  checkSpace(folder, needs.gigabytes);
  say(`Making the peers' Python environment (once, Python ${host.version}): ${packages.join(', ')}.`);
  needs.notice.forEach((line) => say(line));
  say(`Folder: ${folder}`);
  makeVenv(host.command, folder);
  await installPackages(python, needs.requirements, say);
  writeFileSync(done, `${packages.join('\n')}\n`);
  removeOlder(needs, folder);
  return { python, packages };
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'autoencoder-studio');
}

function environmentFolder({ name, requirements }: PythonNeeds, version: string): string {
  const hash = createHash('sha256').update(readFileSync(requirements)).update(version).digest('hex').slice(0, 12);
  return join(cacheFolder(), `${name}-${hash}`);
}

/** Earlier environments are up to several gigabytes each and no longer asked for. */
function removeOlder({ name: prefix }: PythonNeeds, current: string): void {
  for (const name of readdirSync(cacheFolder())) {
    const folder = join(cacheFolder(), name);
    const isOfThis = name.startsWith(prefix) && /^-[0-9a-f]{12}$/.test(name.slice(prefix.length));
    if (isOfThis && folder !== current) rmSync(folder, { recursive: true, force: true });
  }
}

function findPython(): { readonly command: string; readonly version: string } {
  const found: string[] = [];
  for (const command of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python']) {
    const probe = 'import sys; print(*sys.version_info[:3], sys.maxsize > 2**32)';
    const { status, stdout } = spawnSync(command, ['-c', probe], { encoding: 'utf8' });
    if (status !== 0) continue;
    const [major, minor, patch, wide] = stdout.trim().split(' ');
    const version = `${major}.${minor}.${patch}`;
    if (major === '3' && Number(minor) >= MINORS.least && Number(minor) <= MINORS.most && wide === 'True') {
      return { command, version };
    }
    found.push(`${command} is ${version}`);
  }
  const seen = found.length ? found.join(', ') : 'no python3 in PATH';
  throw new StudioError(
    'not-found',
    `The benchmark's peers need 64-bit Python 3.${MINORS.least} to 3.${MINORS.most}; found: ${seen}. ` +
      'Install it, or compare with tfjs alone: npm run bench -- --no-python',
  );
}

function checkSpace(folder: string, gigabytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / 1e9;
  if (free >= gigabytes) return;
  throw new StudioError(
    'disk-full',
    `${folder}: expected ${gigabytes} GB free for the peers' packages, found ${free.toFixed(1)} GB. ` +
      'Free some room or point XDG_CACHE_HOME at a larger disk.',
  );
}

function makeVenv(command: string, folder: string): void {
  const { status, stderr, stdout } = spawnSync(command, ['-m', 'venv', folder], { encoding: 'utf8' });
  if (status === 0) return;
  throw new StudioError(
    'not-found',
    `${command} -m venv: expected a virtual environment in ${folder}, found an error. On Debian and Ubuntu ` +
      'the modules are in the packages python3-venv and python3-pip.',
    { detail: `${stdout}${stderr}` },
  );
}

async function installPackages(python: string, requirements: string, say: (line: string) => void): Promise<void> {
  const options = ['--no-cache-dir', '--disable-pip-version-check', '--no-input', '--progress-bar', 'off'];
  const args = ['-m', 'pip', 'install', ...options, '--only-binary=:all:', '-r', requirements];
  const child = spawn(python, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const collect = (chunk: Buffer): void => {
    log += chunk.toString();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    collect(chunk);
    const file = /Downloading (\S+) \((\d+(?:\.\d+)? [MG]B)\)/.exec(chunk.toString());
    if (file) say(`  ${file[1]} (${file[2]})`);
  });
  child.stderr.on('data', collect);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw installProblem(log, requirements);
}

function installProblem(log: string, requirements: string): StudioError {
  const detail = log.slice(-4_000);
  if (/No space left|Errno 28/.test(log)) {
    return new StudioError('disk-full', 'pip ran out of room on the disk or in the temporary folder (TMPDIR).', {
      detail,
    });
  }
  if (/name resolution|NewConnectionError|ConnectTimeout|Read timed out|Connection (?:refused|reset)/i.test(log)) {
    return new StudioError('not-found', 'pip could not reach its package index: check the network or the proxy.', {
      detail,
    });
  }
  const missing = /No matching distribution found for (\S+)/.exec(log)?.[1];
  const message = missing
    ? `${missing}: expected a wheel for this system and Python, found none in pip's index.`
    : `pip could not install ${requirements}; its last lines are in the details.`;
  return new StudioError('not-found', message, { detail });
}
