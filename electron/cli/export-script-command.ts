import { join, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { Experiment } from '../domain/experiment.ts';
import { imageSources, type ImageSource } from '../domain/training-script/script-plan.ts';
import { scriptDialectIds, scriptDialects, type ScriptDialectId } from '../domain/training-script/dialects.ts';
import { trainingScript } from '../domain/training-script/training-script.ts';
import type { ImageSet } from '../dataset/image-set.ts';
import { MNIST_ID } from '../domain/ids.ts';
import { writeWhole } from '../files/atomic.ts';
import { addExperimentOptions, readExperimentAndSet, type ExperimentOptions } from './experiment-options.ts';
import { forceOption } from './model-options.ts';
import { fillFolder } from './output.ts';
import { isStored } from './read-set.ts';
import { runFolder, setOf } from './resume-run.ts';

interface ScriptOptions extends ExperimentOptions {
  readonly run?: string;
  readonly dialect: ScriptDialectId;
  readonly images?: ImageSource;
  readonly out: string;
  readonly force: boolean;
  readonly json?: true;
}

const words = `
Dialects:
${scriptDialects.map(({ id, name, about }) => `  ${id.padEnd(9)} ${name}. ${about}`).join('\n')}
The script trains the same model on the same images without the app, prints each epoch's cost, draws originals over
reconstructions and PCA beside the codes, and saves the weights. What it does otherwise than the app is said on stderr, and in it.`;

export function addExportScript(program: Command): void {
  const command = program.command('export-script').description('write a program that trains the same model elsewhere');
  addExperimentOptions(command)
    .addOption(
      new Option('--run <run>', 'what a run was trained by: its id or folder, in place of a preset').conflicts([
        'preset',
        'experiment',
      ]),
    )
    .addOption(new Option('--dialect <name>', 'of those below').choices(scriptDialectIds).default('keras'))
    .addOption(
      new Option(
        '--images <source>',
        'what the script reads: IDX files, an imported set’s own folder, or folders of pictures (default: as the set is kept)',
      ).choices(imageSources),
    )
    .requiredOption('--out <folder>', 'folder of the script, new or empty')
    .addOption(forceOption().default(false))
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', words)
    .action(exportScript);
}

async function exportScript(options: ScriptOptions): Promise<void> {
  const { experiment, set } =
    options.run === undefined ? await readExperimentAndSet(options) : await ofRun(options.run, options.dataset);
  const source = options.images ?? (await sourceOf(set, options.dataset));
  const images = {
    source,
    name: set.name,
    trainingCount: set.training.images.count,
    testCount: set.test.images.count,
    labelNames: set.labelNames,
  };
  const { files, notes } = trainingScript(experiment, images, options.dialect);
  const folder = resolve(options.out);
  await fillFolder(folder, options.force, async (place) => {
    for (const { name, text } of files) await writeWhole(join(place, name), text);
  });
  for (const note of notes) process.stderr.write(`Other than in the app: ${note}\n`);
  const names = files.map(({ name }) => name);
  process.stdout.write(
    options.json ? `${JSON.stringify({ folder, files: names, notes })}\n` : `${names.join('\n')}\n${folder}\n`,
  );
}

async function ofRun(
  run: string,
  dataset: string | undefined,
): Promise<{ readonly experiment: Experiment; readonly set: ImageSet }> {
  const experiment = await runFolder(run).readExperiment();
  return { experiment, set: await setOf(experiment.imageSet, dataset) };
}

async function sourceOf(set: ImageSet, dataset: string | undefined): Promise<ImageSource> {
  if (dataset !== undefined) return (await isStored(dataset)) ? 'stored' : 'idx';
  return set.id === MNIST_ID ? 'idx' : 'stored';
}
