import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import type { default as Sharp } from 'sharp';

let loading: Promise<typeof Sharp> | undefined;

/**
 * sharp, loaded when the first picture needs it: most commands never do. On Linux its libvips is first given a scope of its own
 * (`scripts/native/own-scope.c`), because Electron has loaded the system's GLib, and libvips brings another.
 */
export function loadSharp(): Promise<typeof Sharp> {
  loading ??= load();
  return loading;
}

async function load(): Promise<typeof Sharp> {
  const scope = ownScope();
  if (scope !== undefined) process.dlopen({ exports: {} }, scope, constants.dlopen.RTLD_NOW | scopeFlag!);
  return (await import('sharp')).default;
}

/** glibc alone knows it. */
const scopeFlag = (constants.dlopen as { readonly RTLD_DEEPBIND?: number }).RTLD_DEEPBIND;

/** Beside sharp's binary for this machine, where the native step has put it. */
function ownScope(): string | undefined {
  if (process.platform !== 'linux' || scopeFlag === undefined) return undefined;
  try {
    const fromSharp = createRequire(createRequire(import.meta.url).resolve('sharp'));
    const binary = fromSharp.resolve(`@img/sharp-linux-${process.arch}/sharp.node`);
    const scope = join(dirname(binary), 'lib', 'own-scope.node');
    return existsSync(scope) ? scope : undefined;
  } catch {
    // Another binary is used, such as sharp's for musl.
    return undefined;
  }
}
