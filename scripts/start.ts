// `npm start`: makes ready what is not, then opens the app: on the desktop, or in the browser where that cannot be.
import { join } from 'node:path';
import { buildIfChanged } from './build.ts';
import { fetchElectron } from './electron-binary.ts';
import { sandboxFacts, sandboxProblem } from './sandbox.ts';
import { projectRoot, runNode, runStep, tools } from './step.ts';

const hasDesktop =
  process.platform === 'darwin' ||
  process.platform === 'win32' ||
  Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

/** Electron's program, or one sentence saying why the app opens in the browser instead. */
async function desktop(): Promise<{ readonly binary: string } | { readonly sentence: string }> {
  const instead = 'the app is served to your browser instead.';
  if (!hasDesktop) return { sentence: `Electron has no desktop to open a window on here (no DISPLAY), so ${instead}` };
  // As root it need not be fetched first.
  const asRoot = sandboxProblem({ ...sandboxFacts(''), helper: undefined, setting: () => undefined });
  if (asRoot !== undefined) return { sentence: `${asRoot}, so ${instead}` };
  const binary = await fetchElectron();
  if (binary === undefined) {
    return { sentence: `Electron's program is not installed and could not be downloaded, so ${instead}` };
  }
  const problem = sandboxProblem(sandboxFacts(binary));
  return problem === undefined ? { binary } : { sentence: `${problem}, so ${instead}` };
}

async function start(): Promise<number> {
  const prepared = (await runNode(tools.ensureNative, ['--quiet'])) || (await buildIfChanged());
  if (prepared !== 0) return prepared;
  const found = await desktop();
  if ('binary' in found) return runStep(found.binary, [projectRoot, ...process.argv.slice(2)]);
  process.stderr.write(`${found.sentence}\n`);
  const open = hasDesktop ? ['--open'] : [];
  return runNode(join(projectRoot, 'out', 'main', 'cli.js'), ['serve', ...open, ...process.argv.slice(2)]);
}

process.exitCode = await start();
