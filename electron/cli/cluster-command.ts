import type { Command } from 'commander';
import { TOKEN_VARIABLE, type ClusterDescription } from '../contract/cluster.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import type { RunEnded } from '../contract/words.ts';
import { clusterAddress, tellEnd } from './cluster-options.ts';
import type { followRun } from './cluster-training.ts';
import { runFolder, setOf } from './resume-run.ts';
import { TrainReport } from './train-report.ts';

interface FollowOptions {
  readonly dataset?: string;
  readonly json?: boolean;
}

type Follow = typeof followRun;

export function addCluster(program: Command): void {
  const cluster = program
    .command('cluster')
    .description(`a Ray cluster, and the runs that it trains; its token is read from ${TOKEN_VARIABLE}`);
  cluster
    .command('test')
    .description('say what is at an address: Ray’s version, nodes, cores, graphics cards, free memory')
    .argument('<address>', 'the dashboard’s, such as http://127.0.0.1:8265')
    .option('--json', 'one JSON object on stdout')
    .action((address: string, options: FollowOptions) => test(address, options));
  const words = {
    follow: 'fetch what a run’s job has done, and follow it to its end',
    stop: 'stop a run’s job, and fetch what it leaves',
  };
  for (const [name, description] of Object.entries(words) as ['follow' | 'stop', string][]) {
    cluster
      .command(name)
      .description(description)
      .argument('<run>', 'the run’s folder, or its id')
      .option('--dataset <set>', 'its image set, where that lies elsewhere now')
      .option('--json', 'one JSON object a line on stdout')
      .action(async (run: string, options: FollowOptions) => {
        const training = await import('./cluster-training.ts');
        await takeUp(run, options, name === 'follow' ? training.followRun : training.stopRun);
      });
  }
}

async function test(address: string, { json }: FollowOptions): Promise<void> {
  const { clusterAt } = await import('./cluster-training.ts');
  const found = await clusterAt(clusterAddress(address)).describe();
  process.stdout.write(json === true ? `${JSON.stringify(found)}\n` : clusterWords(found));
}

function clusterWords({
  rayVersion,
  nodes,
  cpus,
  gpus,
  freeCpus,
  freeGpus,
  freeMemoryBytes,
}: ClusterDescription): string {
  const of = (free: number | undefined, total: number): string =>
    free === undefined ? `${total}` : `${free} of ${total} free`;
  const lines = [
    `Ray ${rayVersion}`,
    `Nodes: ${nodes}`,
    `Cores: ${of(freeCpus, cpus)}`,
    `Graphics cards: ${of(freeGpus, gpus)}`,
    ...(freeMemoryBytes === undefined ? [] : [`Free memory: ${(freeMemoryBytes / 1e9).toFixed(1)} GB`]),
  ];
  return `${lines.join('\n')}\n`;
}

async function takeUp(run: string, { dataset, json }: FollowOptions, work: Follow): Promise<void> {
  const folder = runFolder(run);
  const [experiment, { id }] = await Promise.all([folder.readExperiment(), folder.readState()]);
  const set = await setOf(experiment.imageSet, dataset);
  Object.assign(process.env, engineEnvironment());
  const report = new TrainReport(json === true, experiment);
  const ended: RunEnded | undefined = await work({ id, experiment, set, folder }, report.emit);
  tellEnd(ended, folder.path, report);
}
