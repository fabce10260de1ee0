// `npm run package -- [dir] [tar.gz] [deb] [AppImage] [nsis] [dmg] [--quick]`: builds the app and packs it into release/.
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { scratchFolder } from '../electron/files/scratch-folder.ts';
import { buildIfChanged } from './build.ts';
import { PackageError } from './package/package-error.ts';
import { pack } from './package/pack.ts';
import { targetsFor } from './package/targets.ts';
import { projectRoot, runNode, tools } from './step.ts';

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false } },
  });
  const targets = targetsFor(positionals, process.platform);
  const prepared = (await runNode(tools.ensureNative, ['--quiet'])) || (await buildIfChanged());
  if (prepared !== 0) return prepared;
  const scratch = await scratchFolder('package');
  try {
    await pack({
      projectRoot,
      scratch,
      targets,
      quick: values.quick,
      say: (line) => void process.stderr.write(`${line}\n`),
    });
    return 0;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(
    `${error instanceof PackageError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  // Not `exitCode`: what electron-builder leaves behind ends this process with 0 once nothing is left to do.
  process.exit(1);
}
