import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { publish, withTemporaryFolder } from './cache.ts';
import type { StepContext } from './context.ts';
import { sha256OfFile } from './hash.ts';
import { nodeHeaders } from './headers.ts';
import type { Library } from './library.ts';
import { NativeError } from './native-error.ts';
import { findExecutable, lastLine, runCommand } from './run-command.ts';
import { bindingPath, type TfjsPackage } from './tfjs-package.ts';

const bindingName = 'tfjs_binding.node';
const hashName = `${bindingName}.sha256`;
/** What of tfjs-node's package node-gyp reads. */
const sources = ['package.json', 'binding.gyp', 'binding'];

/** The cached binding for a library's key, or undefined; one whose hash differs is no binding. */
export async function cachedBinding(context: StepContext, tfjs: TfjsPackage, key: string): Promise<string | undefined> {
  const path = join(bindingFolder(context, tfjs, key), bindingName);
  try {
    const expected = readFileSync(join(dirname(path), hashName), 'utf8').trim();
    return (await sha256OfFile(path)) === expected ? path : undefined;
  } catch {
    return undefined;
  }
}

function bindingFolder(context: StepContext, tfjs: TfjsPackage, key: string): string {
  return join(context.cacheFolder, 'bindings', `tfjs-node-${tfjs.version}-napi${String(tfjs.napi)}-${key}`);
}

/** Throws `no-compiler` or `no-python` where the binding could not be built here; cheap, so asked before a download. */
export async function requireBuildTools(context: StepContext): Promise<void> {
  const { env } = context;
  const again = 'and run the same command again.';
  if (process.platform === 'darwin') {
    const { status } = await runCommand('xcode-select', ['-p'], context);
    if (status !== 0)
      throw new NativeError('no-compiler', `No C++ compiler was found. Install one (xcode-select --install) ${again}`);
  } else if (process.platform !== 'win32') {
    const missing = [
      ...(env['CXX'] || findExecutable('g++', env) ? [] : ['g++']),
      ...(env['MAKE'] || findExecutable('make', env) ? [] : ['make']),
    ];
    if (missing.length > 0) {
      throw new NativeError(
        'no-compiler',
        `${missing.join(' and ')} ${missing.length > 1 ? 'were' : 'was'} not found. Install a C++ compiler and make (Debian/Ubuntu: apt-get install g++ make) ${again}`,
      );
    }
  }
  const python =
    env['npm_config_python'] ?? env['PYTHON'] ?? findExecutable('python3', env) ?? findExecutable('python', env);
  if (python === undefined && process.platform !== 'win32') {
    throw new NativeError(
      'no-python',
      `Python 3 was not found. It is needed to fetch TensorFlow and to build the binding: install it with pip (Debian/Ubuntu: apt-get install python3 python3-pip) ${again}`,
    );
  }
}

/**
 * Builds tfjs-node's binding against `library` in a folder of its own and keeps it in the cache. Returns its path.
 * Throws `build-failed` with the compiler's first complaint and the place of the whole log.
 */
export async function buildBinding(context: StepContext, tfjs: TfjsPackage, library: Library): Promise<string> {
  context.report.line('Building the TensorFlow binding (about 20 s).');
  return withTemporaryFolder(context, async (temporary) => {
    const workplace = join(temporary, 'tfjs-node');
    laySources(context, library, workplace);
    const result = await runCommand(process.execPath, [preGyp(context), 'install', '--build-from-source'], {
      env: await buildEnvironment(context),
      signal: context.signal,
      cwd: workplace,
    });
    const built = join(workplace, bindingPath(tfjs));
    const log = join(context.cacheFolder, 'build-failed.log');
    if (result.status !== 0 || statSync(built, { throwIfNoEntry: false }) === undefined) {
      writeFileSync(log, result.output);
      throw new NativeError(
        'build-failed',
        `The TensorFlow binding could not be built: ${complaint(result.output)} The whole output is in ${log}.`,
      );
    }
    rmSync(log, { force: true });
    const finished = join(temporary, 'finished');
    mkdirSync(finished);
    copyFileSync(built, join(finished, bindingName));
    writeFileSync(join(finished, hashName), await sha256OfFile(built));
    const target = bindingFolder(context, tfjs, library.key);
    publish(finished, target);
    return join(target, bindingName);
  });
}

/** The parts of tfjs-node that node-gyp needs, with `deps` laid out as its binding.gyp expects them. */
function laySources(context: StepContext, library: Library, workplace: string): void {
  for (const name of sources) cpSync(join(context.packageFolder, name), join(workplace, name), { recursive: true });
  const deps = join(workplace, 'deps');
  mkdirSync(join(deps, 'lib'), { recursive: true });
  symlinkSync(library.includeFolder, join(deps, 'include'), 'junction');
  const { linkNames } = context.row;
  const names = new Map(library.runtime);
  names.set(linkNames.main, library.main);
  if (linkNames.framework !== undefined && library.framework !== undefined)
    names.set(linkNames.framework, library.framework);
  for (const [name, path] of names) symlinkSync(path, join(deps, 'lib', name));
}

function preGyp(context: StepContext): string {
  const require = createRequire(join(context.packageFolder, 'package.json'));
  try {
    return join(dirname(require.resolve('@mapbox/node-pre-gyp/package.json')), 'bin/node-pre-gyp');
  } catch (error) {
    throw new NativeError(
      'not-installed',
      '@mapbox/node-pre-gyp, which builds the TensorFlow binding, is not installed. Run npm install, then the same command again.',
      { cause: error },
    );
  }
}

async function buildEnvironment(context: StepContext): Promise<NodeJS.ProcessEnv> {
  const { env } = context;
  const headers = await nodeHeaders(context);
  return {
    ...env,
    npm_config_jobs: 'max',
    ...(headers === undefined ? {} : { npm_config_nodedir: headers }),
    // The wheel's libraries call themselves @rpath/...: tell the binding to look beside itself.
    ...(process.platform === 'darwin'
      ? { LDFLAGS: `${env['LDFLAGS'] ?? ''} -Wl,-rpath,@loader_path/../../deps/lib` }
      : {}),
  };
}

/** The first thing the compiler or node-gyp complained of, as a sentence. */
function complaint(output: string): string {
  if (/gyp ERR! stack .*network connectivity/.test(output)) {
    return "Node's headers could not be downloaded. Run npm ci, which brings them along, and then the same command again.";
  }
  const first = output.split('\n').find((line) => /\berror:|undefined reference|cannot find -l/.test(line));
  const text = first ?? lastLine(output, /gyp ERR! stack Error/).replace('gyp ERR! stack ', '');
  return `${text.trim().slice(0, 300).replace(/\.$/, '')}.`;
}
