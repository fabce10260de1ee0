import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildBinding, cachedBinding, requireBuildTools } from './build.ts';
import { openCache, removeLeftovers } from './cache.ts';
import type { StepContext } from './context.ts';
import { libraryFromFolder, namedFolder } from './folder.ts';
import { bothFailed, runOwnInstaller } from './installer.ts';
import { libraryFromWheel, wheelKey, type Library, type LibrarySource } from './library.ts';
import { withLock } from './lock.ts';
import { readMarker, removeMarker, writeMarker } from './marker.ts';
import { interrupted, isWayClosed, NativeError } from './native-error.ts';
import { fillStage, makeStage, placeStage, removePlaced } from './stage.ts';
import { readTfjsPackage, type TfjsPackage } from './tfjs-package.ts';
import { tryBinding } from './trial-run.ts';

/** What the step did, and TensorFlow's version. */
export interface StepOutcome {
  readonly did: 'nothing' | 'prepared';
  readonly tensorflow: string;
}

/** A filled stage and what the marker will say of it. */
interface Prepared {
  readonly source: LibrarySource;
  readonly hashes: ReadonlyMap<string, string>;
  /** Builds the binding afresh into the stage, where it came from the cache: that of another compiler may not load. */
  readonly rebuild?: () => Promise<void>;
}

/**
 * Makes `require('@tensorflow/tfjs-node')` work in the context's project, doing nothing where it does already.
 * `force` redoes it. Throws `NativeError`; then nothing half-made is left, neither in node_modules nor in the cache.
 */
export async function runNativeStep(
  context: StepContext,
  options: { readonly force?: boolean } = {},
): Promise<StepOutcome> {
  const tfjs = readTfjsPackage(context);
  const before = options.force === true ? { reason: 'asked to' } : await readMarker(context, tfjs);
  if ('marker' in before) return { did: 'nothing', tensorflow: before.marker.tensorflow };
  openCache(context);
  return withLock(context, async () => {
    const state = options.force === true ? before : await readMarker(context, tfjs);
    if ('marker' in state) return { did: 'nothing', tensorflow: state.marker.tensorflow };
    context.report.line(`Preparing TensorFlow for ${context.row.key} (${state.reason}).`);
    if (!context.row.run)
      context.report.line(`This step has not been run on ${context.row.key} yet: please report how it went.`);
    removeLeftovers(context);
    const stage = makeStage(context);
    try {
      return { did: 'prepared', tensorflow: await prepareAndPlace(context, tfjs, stage) };
    } catch (error) {
      throw context.signal.aborted ? interrupted() : error;
    } finally {
      rmSync(stage, { recursive: true, force: true });
    }
  });
}

async function prepareAndPlace(context: StepContext, tfjs: TfjsPackage, stage: string): Promise<string> {
  const prepared = await prepare(context, tfjs, stage);
  removeMarker(context);
  try {
    placeStage(context, stage);
    let tensorflow: string;
    try {
      tensorflow = await tryBinding(context);
    } catch (error) {
      if (prepared.rebuild === undefined || !isLoadFailure(error)) throw error;
      await prepared.rebuild();
      placeStage(context, stage);
      tensorflow = await tryBinding(context);
    }
    await writeMarker(context, tfjs, { ...prepared, tensorflow });
    context.report.line(`TensorFlow ${tensorflow} is ready.`);
    return tensorflow;
  } catch (error) {
    removePlaced(context);
    throw error;
  }
}

const isLoadFailure = (error: unknown): boolean => error instanceof NativeError && error.code === 'load-failed';

/** A folder the user names, else the Python package's wheel, else tfjs-node's own installer. */
async function prepare(context: StepContext, tfjs: TfjsPackage, stage: string): Promise<Prepared> {
  const folder = namedFolder(context.env);
  if (folder !== undefined) return useLibrary(context, tfjs, stage, await libraryFromFolder(context, folder));
  const { wheel } = context.row;
  if (wheel === undefined) {
    await runOwnInstaller(context, tfjs, stage);
    return { source: { kind: 'installer' }, hashes: new Map() };
  }
  try {
    // Asked before the download: nobody wants to wait for 274 MB to hear that the compiler is missing.
    if ((await cachedBinding(context, tfjs, wheelKey(context, wheel))) === undefined) await requireBuildTools(context);
    return await useLibrary(context, tfjs, stage, await libraryFromWheel(context, wheel));
  } catch (error) {
    if (!isWayClosed(error)) throw error;
    return useInstallerAfter(context, tfjs, stage, error);
  }
}

async function useLibrary(context: StepContext, tfjs: TfjsPackage, stage: string, library: Library): Promise<Prepared> {
  const build = async (): Promise<string> => {
    await requireBuildTools(context);
    return buildBinding(context, tfjs, library);
  };
  const cached = await cachedBinding(context, tfjs, library.key);
  fillStage(stage, tfjs, library, cached ?? (await build()));
  const { source, hashes } = library;
  if (cached === undefined) return { source, hashes };
  const rebuild = async (): Promise<void> => {
    context.report.line('The cached binding does not load here; building it again.');
    rmSync(dirname(cached), { recursive: true, force: true });
    fillStage(stage, tfjs, library, await build());
  };
  return { source, hashes, rebuild };
}

async function useInstallerAfter(
  context: StepContext,
  tfjs: TfjsPackage,
  stage: string,
  first: NativeError,
): Promise<Prepared> {
  const [reason] = first.message.split(/(?<=\.) /);
  context.report.line(`${reason ?? ''} Trying tfjs-node's own installer instead.`);
  try {
    await runOwnInstaller(context, tfjs, stage);
    return { source: { kind: 'installer' }, hashes: new Map() };
  } catch (second) {
    if (second instanceof NativeError && second.code === 'installer-failed') throw bothFailed(first, second);
    throw second;
  }
}
