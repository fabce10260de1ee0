// `npm run samples [-- ID ...]`: trains the runs that ship with the app, each from its seed, and writes resources/samples/*.aestudio.
// Some processor minutes; figures differ in the last digits from machine to machine.
import { mkdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHIVE_ENDING } from '../electron/files/run-archive.ts';
import { scratchFolder } from '../electron/files/scratch-folder.ts';
import { trainingEnvironment } from '../electron/host/engine-environment.ts';
import { sampleRecipes } from './samples/recipes.ts';
import { projectRoot } from './step.ts';

const samplesFolder = join(projectRoot, 'resources', 'samples');

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const known = sampleRecipes.map(({ id }) => id);
  const unknown = positionals.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    say(`Expected any of ${known.join(', ')}, found ${unknown}.`);
    return 2;
  }
  Object.assign(process.env, trainingEnvironment(os.availableParallelism()));
  // Only now: TensorFlow reads its number of threads when it is loaded.
  const { packSample } = await import('./samples/pack-sample.ts');
  await mkdir(samplesFolder, { recursive: true });
  const dataFolder = await scratchFolder('samples');
  for (const recipe of sampleRecipes.filter(({ id }) => positionals.length === 0 || positionals.includes(id))) {
    say(`${recipe.id} …`);
    const archive = join(samplesFolder, `${recipe.id}${ARCHIVE_ENDING}`);
    const test = await packSample(recipe, dataFolder, archive, say);
    say(`  ${JSON.stringify(test)}, ${(await stat(archive)).size.toLocaleString('en')} bytes`);
  }
  await rm(dataFolder, { recursive: true, force: true });
  return 0;
}

process.exitCode = await main();
