import { copyFileSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stagePrefix } from './cache.ts';
import type { StepContext } from './context.ts';
import type { Library } from './library.ts';
import { fromSystemError } from './native-error.ts';
import { bindingPath, type TfjsPackage } from './tfjs-package.ts';

/** What the step owns inside tfjs-node's folder; `build-tmp-*` is what another installer's build leaves. */
const owned = ['deps', 'lib'];

/** Makes an empty folder beside tfjs-node, on the same disk, in which a result is put together. */
export function makeStage(context: StepContext): string {
  const scope = dirname(context.packageFolder);
  try {
    return mkdtempSync(join(scope, stagePrefix(context)));
  } catch (error) {
    throw fromSystemError(error, scope);
  }
}

/** Puts the library and the binding into `stage` the way tfjs-node wants them. A library costs a link, not a copy. */
export function fillStage(stage: string, tfjs: TfjsPackage, library: Library, binding: string): void {
  const libraries = join(stage, 'deps/lib');
  const target = join(stage, bindingPath(tfjs));
  mkdirSync(libraries, { recursive: true });
  mkdirSync(dirname(target), { recursive: true });
  const placed = new Map<string, string>();
  for (const [name, path] of library.runtime) {
    const sameFile = placed.get(path);
    if (sameFile === undefined) linkOrCopy(path, join(libraries, name));
    else linkOrCopy(join(libraries, sameFile), join(libraries, name));
    placed.set(path, sameFile ?? name);
    // Windows looks for a DLL beside the module that wants it.
    if (process.platform === 'win32' && name.endsWith('.dll')) linkOrCopy(path, join(dirname(target), name));
  }
  copyFileSync(binding, target);
}

/** A hard link keeps working when the cache is emptied; a symbolic link crosses disks; a copy always works. */
function linkOrCopy(path: string, target: string): void {
  for (const place of [linkSync, symlinkSync, copyFileSync]) {
    try {
      place(path, target);
      return;
    } catch (error) {
      if (place === copyFileSync) throw error;
    }
  }
}

/** Replaces tfjs-node's binding and libraries by the stage's. */
export function placeStage(context: StepContext, stage: string): void {
  removePlaced(context);
  for (const name of owned) renameSync(join(stage, name), join(context.packageFolder, name));
  rmSync(stage, { recursive: true, force: true });
}

/** Takes the binding and the libraries out of tfjs-node's folder, whoever put them there. */
export function removePlaced(context: StepContext): void {
  for (const name of owned) rmSync(join(context.packageFolder, name), { recursive: true, force: true });
}
