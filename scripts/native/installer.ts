import { cpSync, existsSync, readdirSync, renameSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { StepContext } from './context.ts';
import { NativeError } from './native-error.ts';
import { lastLine, runCommand } from './run-command.ts';
import { bindingPath, type TfjsPackage } from './tfjs-package.ts';

const timeoutMs = 15 * 60_000;
const WINDOWS_LIBRARY = 'tensorflow.dll';
/** What an earlier run of some installer may have left in the package, and what is of no use to this one. */
const leftOut = ['deps', 'lib', 'build', 'build-tmp-napi-v8', 'dist', 'src'];

/**
 * Runs tfjs-node's own installer in a copy of the package, `stage`, because it rewrites the package's files and leaves
 * them so when it fails. It downloads an older TensorFlow and checks no hash; what it brought is hashed in the marker.
 * Throws `installer-failed`.
 */
export async function runOwnInstaller(context: StepContext, tfjs: TfjsPackage, stage: string): Promise<void> {
  cpSync(context.packageFolder, stage, {
    recursive: true,
    filter: (path) => !leftOut.some((name) => path === join(context.packageFolder, name)),
  });
  const { env, signal, projectRoot } = context;
  const path = `${join(projectRoot, 'node_modules/.bin')}${delimiter}${env['PATH'] ?? ''}`;
  const result = await runCommand(process.execPath, ['scripts/install.js'], {
    env: { ...env, PATH: path },
    signal,
    cwd: stage,
    timeoutMs,
  });
  placeLibraryBesideBinding(stage, tfjs);
  const complete = [bindingPath(tfjs), 'deps/lib'].every((name) => existsSync(join(stage, name)));
  if (result.status === 0 && complete) return;
  const reason =
    result.killedBy === undefined ? lastLine(result.output, /(^|\s)\w*Error:|ERR!/) : 'it took longer than 15 minutes';
  throw new NativeError(
    'installer-failed',
    `tfjs-node's own installer failed: ${reason}. Connect to the network, or set AUTOENCODER_STUDIO_LIBTENSORFLOW to a folder that holds libtensorflow's lib and include, and run the same command again.`,
  );
}

/**
 * Windows looks for a library beside the module that wants it. The installer puts TensorFlow's into a folder named after this Node's
 * newest N-API, and the binding into that of the newest which both know.
 */
export function placeLibraryBesideBinding(stage: string, tfjs: TfjsPackage): void {
  const folder = dirname(join(stage, bindingPath(tfjs)));
  const versions = dirname(folder);
  const target = join(folder, WINDOWS_LIBRARY);
  if (!existsSync(folder) || existsSync(target)) return;
  const places = [...readdirSync(versions).map((name) => join(versions, name)), join(stage, 'deps', 'lib')];
  const found = places.map((place) => join(place, WINDOWS_LIBRARY)).find((path) => existsSync(path));
  if (found !== undefined) renameSync(found, target);
}

/** One sentence from two failures: why the usual way is closed, and that the other was tried. */
export function bothFailed(first: NativeError, second: NativeError): NativeError {
  const reason = /^tfjs-node's own installer failed: (.*?)\. Connect/s.exec(second.message)?.[1] ?? second.message;
  return new NativeError(first.code, `${first.message} (tfjs-node's own installer was tried too: ${reason}.)`, {
    cause: second,
  });
}
