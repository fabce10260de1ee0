import type { Command } from 'commander';
import { TOKEN_VARIABLE, type ClusterDescription } from '../contract/cluster.ts';
import { engineEnvironment } from '../host/engine-environment.ts';
import { clusterAddress, tellEnd } from './cluster-options.ts';
import { runFolder, setOf } from './resume-run.ts';
import { TrainReport } from './train-report.ts';

interface FollowOptions {
  readonly dataset?: string;
  readonly json?: boolean;
}

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
  const ofRun = (name: string, description: string): Command =>
    cluster
      .command(name)
      .description(description)
      .argument('<run>', 'the run’s folder, or its id')
      .option('--dataset <set>', 'its image set, where that lies elsewhere now')
      .option('--json', 'one JSON object a line on stdout');
  ofRun('follow', 'fetch what a run’s job has done, and follow it to its end').action(follow);
  ofRun('stop', 'stop a run’s job, and fetch what it leaves').action(stop);
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

async function follow(run: string, { dataset, json }: FollowOptions): Promise<void> {
  const folder = runFolder(run);
  const [experiment, { id }] = await Promise.all([folder.readExperiment(), folder.readState()]);
  const set = await setOf(experiment.imageSet, dataset);
  Object.assign(process.env, engineEnvironment());
  const { followRun } = await import('./cluster-training.ts');
  const report = new TrainReport(json === true, experiment);
  tellEnd(await followRun({ id, experiment, set, folder }, report.emit), folder.path, report);
}

/** The job first: its images may not be here. */
async function stop(run: string, options: FollowOptions): Promise<void> {
  const { stopJob } = await import('./cluster-training.ts');
  if (!(await stopJob(runFolder(run)))) return follow(run, options);
  process.stderr.write('The job was asked to stop. The process that follows it fetches what it leaves.\n');
}
