import { basename, extname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ImportPlan } from '../contract/import-plan.ts';
import { proposedTiling, type Tiling } from '../domain/inspection/tile-places.ts';
import { StudioError } from '../domain/errors.ts';
import { recipeForNormal } from '../domain/inspection/recipe-for-normal.ts';
import { importImages } from '../dataset/import/import-images.ts';
import { planImport } from '../dataset/import/plan-import.ts';
import { readStoredSet } from '../dataset/stored-set.ts';
import { ImageSetStore } from '../files/image-set-store.ts';
import { RunFolder } from '../files/run-folder.ts';
import { newRunId } from '../files/run-id.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import { normalImport } from '../host/normal-import.ts';
import { number } from './experiment-options.ts';
import { checkPlaces, inspectPaths, sideOf } from './inspect-command.ts';
import { dataOption, existing } from './model-options.ts';

interface OddOnesOptions {
  readonly normal: readonly string[];
  readonly check?: readonly string[];
  readonly out: string;
  readonly epochs?: number;
  readonly tiles?: number;
  readonly data: string;
}

const words = `
Imports the normal pictures (of folders, those called good, normal, ok, …, or in a folder called train), trains the recipe on them,
and checks the others as inspect does: those of --check, or what lies beside the normal ones and is not trained on (MVTec's test). Set
and run are kept in the app's data folder.
Exit status: as inspect's.`;

export function addOddOnes(program: Command): void {
  program
    .command('odd-ones')
    .description('train on normal pictures and tell odd ones from them, in one go')
    .requiredOption('--normal <paths...>', 'normal pictures, or a folder that holds some')
    .option(
      '--check <paths...>',
      'pictures to be checked, whose folders are their groups (default: other folders among the normal ones)',
    )
    .requiredOption('--out <folder>', 'folder of verdicts, masks and overlays')
    .option('--tiles <side>', 'cut large pictures into overlapping tiles of so many of their pixels a side', sideOf)
    .option('--epochs <count>', 'epochs (default: as the recipe says)', number)
    .addOption(dataOption())
    .addHelpText('after', words)
    .action((options: OddOnesOptions) => findOddOnes(options));
}

async function findOddOnes({ normal, check, out, epochs, tiles, data }: OddOnesOptions): Promise<void> {
  const paths = existing(normal);
  const checked = check === undefined ? paths : existing(check);
  // Not only after training.
  await checkPlaces([...paths, ...checked], resolve(out), false);
  const plan = await planImport(paths, basename(paths[0]!, extname(paths[0]!)) || 'Normal');
  const {
    options,
    normal: folders,
    checked: beside,
  } = normalImport(plan, tiles === undefined ? undefined : tilingOf(plan, tiles));
  if (check === undefined && beside.length === 0) {
    throw new StudioError(
      'bad-request',
      `--check: expected it, for all pictures of ${normal.join(', ')} are trained on.`,
    );
  }
  // What is trained on needs no verdict.
  const groups = beside.length > 0 && checked.every((path) => paths.includes(path)) ? { groups: beside } : {};
  const store = new ImageSetStore(resolve(data));
  const setId = store.newId(options.name);
  const { set } = await importImages({
    paths,
    options,
    folder: store.at(setId).path,
    id: setId,
    autoInverts: plan.autoInverts,
  });
  const of = folders.length === 0 ? '' : ` of ${folders.join(', ')}`;
  const cut =
    tiles === undefined ? 'normal pictures' : `tiles of ${tiles} pixels, at most ${options.tiles!.most} a picture,`;
  process.stderr.write(`${set.trainingCount} ${cut}${of} to train on\n`);
  const { experiment } = recipeForNormal(set);
  const changed = epochs === undefined ? experiment : { ...experiment, training: { ...experiment.training, epochs } };
  const id = newRunId('odd-ones', new Date());
  const folder = RunFolder.under(resolve(data), id);
  Object.assign(process.env, engineEnvironment());
  const { TrainingRun } = await import('../training/training-run.ts');
  const run = new TrainingRun({
    id,
    experiment: { ...changed, name: set.name },
    set: await readStoredSet(store.at(setId).path, setId),
    folder,
    // stdout is for verdicts.
    emit: (name) => {
      if (name === 'run:epoch-ended') process.stderr.write('.');
    },
  });
  await run.begin();
  const ended = await run.train();
  process.stderr.write(`\n${folder.path}\n`);
  if (ended.status !== 'finished') {
    process.stderr.write(`${ended.status}. ${ended.problem ?? ''}\n`);
    process.exitCode = 1;
    return;
  }
  await inspectPaths(folder.path, checked, { out, weights: 'best', data, ...groups });
}

/** As many tiles a picture as make a set that teaches. */
const tilingOf = ({ count }: ImportPlan, side: number): Tiling => ({
  ...proposedTiling({ width: side, height: side }, count),
  side,
});
