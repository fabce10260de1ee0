import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import {
  exportFormatIds,
  exportFormats,
  modelParts,
  type ExportFormatId,
  type ModelPart,
} from '../domain/export-formats.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import { dataOption, findModel, modelWords, weightsOption } from './model-options.ts';
import { checkEmpty } from './output.ts';

interface ExportOptions {
  readonly run: string;
  readonly format: ExportFormatId;
  readonly part?: ModelPart;
  readonly scalingInside?: true;
  readonly weights: 'best' | 'last';
  readonly out: string;
  readonly data: string;
  readonly json?: true;
}

/** "onnx, keras and pytorch" */
const scaling = new Intl.ListFormat('en-GB').format(
  exportFormats.filter(({ scalesInside }) => scalesInside).map(({ id }) => id),
);

const formatWords = `
Formats:
${exportFormats.map(({ id, name, about }) => `  ${id.padEnd(12)} ${name}. ${about}`).join('\n')}
Each export holds the model, how pixels become its input, a model card, five samples and a script that checks the model by them.`;

export function addExport(program: Command, appVersion: string): void {
  program
    .command('export')
    .description('write a trained model in a format that other programs read')
    .requiredOption('--run <model>', modelWords)
    .requiredOption('--out <folder>', 'folder of the export, new or empty')
    .addOption(new Option('--format <name>', 'of those below').choices(exportFormatIds).default('tfjs'))
    .addOption(
      new Option('--part <name>', 'one part alone (default: the autoencoder, and both parts by themselves)').choices(
        modelParts,
      ),
    )
    .option('--scaling-inside', `the model takes bytes and scales them itself; ${scaling} only`)
    .addOption(weightsOption())
    .addOption(dataOption())
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', formatWords)
    .action((options: ExportOptions) => exportTo(options, appVersion));
}

async function exportTo(options: ExportOptions, appVersion: string): Promise<void> {
  const { format, part, weights } = options;
  const folder = resolve(options.out);
  await checkEmpty(folder);
  const place = findModel(options.run, weights, options.data);
  Object.assign(process.env, engineEnvironment());
  const { openSession } = await import('./model-session.ts');
  const { exportTrained } = await import('../engine-process/models/export-trained.ts');
  const { surroundings } = openSession(place, options.data);
  const scalingInside = options.scalingInside === true;
  const task = { place, format, scalingInside, folder, dataFolder: resolve(options.data), appVersion };
  const files = await exportTrained({ ...task, ...(part === undefined ? {} : { part }) }, surroundings);
  process.stdout.write(
    options.json ? `${JSON.stringify({ folder, format, files })}\n` : `${files.length} files\n${folder}\n`,
  );
}
