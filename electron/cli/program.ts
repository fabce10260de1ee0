import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { toErrorData } from '../domain/errors.ts';
import type { CommandLineRequest, RunCommandLine } from '../host/command-line.ts';
import { addCluster } from './cluster-command.ts';
import { addCompress } from './compress-command.ts';
import { addDecode } from './decode-command.ts';
import { addDevices } from './devices-command.ts';
import { addEncode } from './encode-command.ts';
import { addExport } from './export-command.ts';
import { addExportScript } from './export-script-command.ts';
import { addImages } from './images-command.ts';
import { addImport } from './import-command.ts';
import { addImportModel } from './import-model-command.ts';
import { placesSeenFrom } from './places.ts';
import { addInspect } from './inspect-command.ts';
import { addOddOnes } from './odd-ones-command.ts';
import { addReconstruct } from './reconstruct-command.ts';
import { addRunFiles } from './run-file-commands.ts';
import { addServe } from './serve-command.ts';
import { addSweep } from './sweep-command.ts';

/** The whole program: reads the arguments, does what they say. What goes wrong is told on stderr and by the exit status. */
export const runCommandLine: RunCommandLine = async ({ args, entry, launchEngine }) => {
  // A reader that has seen enough (`… | head`) ends the program in peace.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  const program = await commandLine({ entry, launchEngine });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.stderr.write(`${toErrorData(error).message}\n`);
    process.exitCode = 1;
  }
};

/** All commands, as yet without arguments. */
export async function commandLine({ entry, launchEngine }: Omit<CommandLineRequest, 'args'>): Promise<Command> {
  const places = placesSeenFrom(entry);
  const { version } = JSON.parse(await readFile(places.packageFile, 'utf8')) as { readonly version: string };

  const program = new Command('autoencoder-studio')
    .description('Train autoencoders on images, from the command line')
    .version(version);
  // TensorFlow reads this once, when it is loaded: only errors are a person's business.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const { addTrain } = await import('./train-command.ts');
  addTrain(program, places);
  addCluster(program);
  addDevices(program, places);
  addSweep(program, places);
  addImport(program);
  addImages(program);
  addImportModel(program);
  addReconstruct(program);
  addOddOnes(program);
  addInspect(program);
  addEncode(program);
  addDecode(program);
  addCompress(program);
  addExport(program, version);
  addExportScript(program);
  addRunFiles(program);
  addServe(program, { places, version, launchEngine });
  return program;
}
