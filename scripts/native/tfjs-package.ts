import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepContext } from './context.ts';
import { NativeError } from './native-error.ts';

/** What the step reads from tfjs-node's package.json. */
export interface TfjsPackage {
  readonly version: string;
  /** The N-API version its binding is built for under this Node. */
  readonly napi: number;
}

/** Throws `not-installed` where node_modules lacks tfjs-node. */
export function readTfjsPackage(context: StepContext): TfjsPackage {
  let content: { readonly version?: string; readonly binary?: { readonly napi_versions?: readonly number[] } };
  try {
    content = JSON.parse(readFileSync(join(context.packageFolder, 'package.json'), 'utf8')) as typeof content;
  } catch (error) {
    throw new NativeError(
      'not-installed',
      `${context.packageFolder} holds no readable package.json. Run npm install, then the same command again.`,
      { cause: error },
    );
  }
  const newest = Number(process.versions['napi']);
  const offered = (content.binary?.napi_versions ?? []).filter((version) => version <= newest);
  return { version: content.version ?? 'unknown', napi: Math.max(0, ...offered) };
}

/** Where tfjs-node looks for its binding, relative to its folder. */
export function bindingPath(tfjs: TfjsPackage): string {
  return `lib/napi-v${String(tfjs.napi)}/tfjs_binding.node`;
}
