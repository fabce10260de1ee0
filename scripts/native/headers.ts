import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { publish, withTemporaryFolder } from './cache.ts';
import { nodePackages } from '../suitable-node.js';
import type { StepContext } from './context.ts';
import { findExecutable, runCommand } from './run-command.ts';

/** The npm package with this platform's Node, headers included: an optional dependency of ours. */
const nodePackage = nodePackages[`${process.platform}-${process.arch}`];

/**
 * A folder with `include/node`, so that node-gyp need not download one from outside the registries. Of which Node does not matter: the
 * binding is written against Node-API alone, which is the same for all.
 * Looked for where npm puts it, beside this Node and in the cache; else, where optional dependencies were left out, fetched through npm
 * into the cache. Undefined: node-gyp downloads it.
 */
export async function nodeHeaders(context: StepContext): Promise<string | undefined> {
  const modules = join(context.projectRoot, 'node_modules');
  const known = [context.env['npm_config_nodedir'], dirname(dirname(process.execPath))];
  if (nodePackage !== undefined) known.unshift(join(modules, nodePackage));
  const found = known.find((folder) => folder !== undefined && hasHeaders(folder));
  if (found !== undefined || nodePackage === undefined) return found;
  const cached = join(context.cacheFolder, 'headers', `${nodePackage}-${process.versions.node}`);
  return hasHeaders(cached) ? cached : fetchHeaders(context, nodePackage, cached);
}

const hasHeaders = (folder: string): boolean => existsSync(join(folder, 'include/node/node_version.h'));

async function fetchHeaders(context: StepContext, name: string, target: string): Promise<string | undefined> {
  const npm = npmCommand(context);
  if (npm === undefined || process.platform === 'win32') return undefined;
  const [command, ...args] = npm;
  return withTemporaryFolder(context, async (temporary) => {
    const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
    const wanted = `${name}@${process.versions.node.split('.')[0]}`;
    const { env, signal } = context;
    await runCommand(command, [...args, 'install', '--prefix', temporary, ...flags, wanted], {
      env,
      signal,
      cwd: temporary,
    });
    const fetched = join(temporary, 'node_modules', name);
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
