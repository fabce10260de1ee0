import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StepContext } from './context.ts';
import { findExecutable, lastLine, runCommand } from './run-command.ts';

const source = join(import.meta.dirname, 'own-scope.c');

/**
 * On Linux, puts beside sharp's binary the library that keeps its GLib apart from the one that Electron has loaded (own-scope.c),
 * unless it is there. Only the app in Electron needs it: where it cannot be built, that is said, and nothing else fails.
 */
export async function ensureOwnScope(context: StepContext): Promise<void> {
  const folder = join(context.projectRoot, 'node_modules', '@img', `sharp-linux-${process.arch}`, 'lib');
  if (process.platform !== 'linux' || !existsSync(folder)) return;
  const binary = readdirSync(folder).find((name) => /^sharp-linux-.*\.node$/.test(name));
  const target = join(folder, 'own-scope.node');
  if (binary === undefined || isNewer(target, [source, join(folder, binary)])) return;
  const temporary = mkdtempSync(join(folder, '.own-scope-'));
  try {
    const built = join(temporary, 'own-scope.node');
    const problem = await compile(context, { folder, binary, built });
    if (problem === undefined) renameSync(built, target);
    else context.report.line(`sharp could not be kept apart from the system's GLib, as Electron needs it: ${problem}`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function isNewer(target: string, sources: readonly string[]): boolean {
  const made = statSync(target, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && sources.every((path) => statSync(path).mtimeMs <= made);
}

/** @returns what went wrong; nothing where it was built */
async function compile(
  context: StepContext,
  { folder, binary, built }: { readonly folder: string; readonly binary: string; readonly built: string },
): Promise<string | undefined> {
  const compiler = context.env['CXX'] ?? findExecutable('g++', context.env);
  if (compiler === undefined) return 'g++ was not found.';
  const code = ['-x', 'c', '-std=gnu11', '-O2', '-fPIC', '-fno-builtin', '-shared', source, '-x', 'none'];
  // Needed although nothing of it is called here; found beside this library at run time.
  const library = [
    '-Wl,--no-as-needed',
    '-L',
    folder,
    `-l:${binary}`,
    '-Wl,-rpath,$ORIGIN',
    '-Wl,--allow-shlib-undefined',
  ];
  const result = await runCommand(compiler, [...code, ...library, '-ldl', '-o', built], context);
  return result.status === 0 ? undefined : lastLine(result.output, /error|cannot/);
}
