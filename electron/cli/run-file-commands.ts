import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { StudioError } from '../domain/errors.ts';
import { defaultDataFolder } from '../files/data-folder.ts';
import { livesStill } from '../files/process-mark.ts';
import { ARCHIVE_ENDING, writeArchive } from '../files/run-archive.ts';
import { importRuns } from '../host/run-files.ts';
import { stagedFiles } from '../host/staged-list.ts';
import { checkFree } from './output.ts';
import { runFolder } from './resume-run.ts';
import { STOPPED, untilStopped } from './until-stopped.ts';

interface ExportOptions {
  readonly out?: string;
  readonly force?: boolean;
}

interface ImportOptions {
  readonly data: string;
  readonly json?: boolean;
}

export function addRunFiles(program: Command): void {
  program
    .command('export-run')
    .description('write a run as one file, without its checkpoints; prints where')
    .argument('<run>', 'its folder, or its id in the app’s data folder')
    .option('--out <file>', `the file (default: the run’s id and ${ARCHIVE_ENDING}, here)`)
    .option('--force', 'replaces a file that is there')
    .action((run: string, options: ExportOptions) => exportRun(run, options));
  program
    .command('import-run')
    .description('take in runs from files that the app or export-run has written; prints their ids')
    .argument('<files...>', `${ARCHIVE_ENDING} files`)
    .addOption(
      new Option('--data <folder>', 'folder of the runs').default(defaultDataFolder(), 'the app’s data folder'),
    )
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      '\nExit status: 0 all were taken in, 1 some were refused; each is said on stderr; 130 stopped by Ctrl-C (those taken in before stay).',
    )
    .action((files: readonly string[], options: ImportOptions) => importFiles(files, options));
}

async function exportRun(run: string, { out, force = false }: ExportOptions): Promise<void> {
  const folder = runFolder(run);
  const state = await folder.readState();
  if ((state.status === 'running' || state.status === 'paused') && livesStill(state)) {
    throw new StudioError('busy', `${folder.path}: expected a run that has ended, found one that trains.`);
  }
  const path = resolve(out ?? `${state.id}${ARCHIVE_ENDING}`);
  checkFree(path, force);
  await writeArchive(folder, path);
  process.stdout.write(`${path}\n`);
}

async function importFiles(files: readonly string[], { data, json }: ImportOptions): Promise<void> {
  const found = await stagedFiles(files.map((file) => resolve(file)));
  const { runIds, problems, stopped } = await untilStopped((signal) => importRuns(found, resolve(data), signal));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ runIds, problems, ...(stopped === undefined ? {} : { stopped }) })}\n`
      : runIds.map((id) => `${id}\n`).join(''),
  );
  if (problems.length > 0) process.exitCode = 1;
  if (stopped === undefined) return;
  process.stderr.write('The import was stopped; nothing of what was not taken in yet is kept.\n');
  process.exitCode = STOPPED;
}
