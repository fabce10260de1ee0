import { InvalidArgumentError, Option, type Command } from 'commander';
import * as v from 'valibot';
import { ClusterAddressSchema, MOST_WORKERS, TOKEN_VARIABLE } from '../contract/cluster.ts';
import { StudioError } from '../domain/errors.ts';
import { describeIssue } from '../domain/describe-issue.ts';
import type { RunEnded } from '../domain/words.ts';
import type { ClusterOrder } from './cluster-training.ts';
import type { Places } from './places.ts';
import type { TrainReport } from './train-report.ts';

const clusterWords = `
With --cluster the run is trained by a Ray cluster (docs/cluster.md), and comes back into its folder here. The cluster's token is
read from ${TOKEN_VARIABLE}. Ctrl-C then ends the following only; the job goes on. Follow it again with: cluster follow RUN`;

export interface ClusterOptions {
  readonly cluster?: string;
  readonly workers?: number;
  readonly workerCpus?: number;
  readonly gpu?: true;
  readonly clusterImages?: string;
  readonly weightsSeconds?: number;
}

/**
 * What `train` and `sweep` can be told of a cluster.
 * @param conflicting options of theirs that mean nothing there
 */
export function addClusterOptions(command: Command, conflicting: string[]): Command {
  return command
    .addOption(
      new Option(
        '--cluster <address>',
        'trains on a Ray cluster, by the address of its dashboard: --cluster=http://127.0.0.1:8265 (with "=": on Windows the ' +
          'installed app takes nothing after an address that stands by itself)',
      ).conflicts(conflicting),
    )
    .option('--workers <count>', 'workers that share each batch (default: 1)', whole(MOST_WORKERS))
    .option('--worker-cpus <count>', 'processor cores of each worker (default: 1)', whole(1_024))
    .option('--gpu', 'a graphics card for each worker')
    .option(
      '--cluster-images <path>',
      'where each worker finds the set’s images.u8, as a path or an address (file, http, https, s3); none are sent then',
    )
    .addOption(
      new Option(
        '--weights-seconds <seconds>',
        'weights come back not sooner than so long after the ones before (default: 60)',
      ).argParser(whole(86_400, 0)),
    )
    .addHelpText('after', clusterWords);
}

/** What is asked of the cluster at an address. Throws as `clusterAddress`. */
export function clusterOrder(address: string, options: ClusterOptions, { clusterSources }: Places): ClusterOrder {
  const { workers: count = 1, workerCpus: cpus = 1, gpu = false, clusterImages, weightsSeconds } = options;
  return {
    address: clusterAddress(address),
    workers: { count, cpus, gpu },
    ...(clusterImages === undefined ? {} : { imageSource: clusterImages }),
    ...(weightsSeconds === undefined ? {} : { weightsSeconds }),
    sources: clusterSources,
  };
}

/** @throws StudioError `bad-request` naming what is wrong with it */
export function clusterAddress(text: string): string {
  const parsed = v.safeParse(ClusterAddressSchema, text);
  if (parsed.success) return parsed.output;
  throw new StudioError('bad-request', `The cluster's address ${describeIssue(parsed.issues[0])}`);
}

/** Prints how a followed run has ended, and sets the exit status. */
export function tellEnd(ended: RunEnded | undefined, folder: string, report: TrainReport): void {
  if (ended === undefined) {
    process.stderr.write(`The job goes on on the cluster. Follow it with: cluster follow ${JSON.stringify(folder)}\n`);
    process.exitCode = 130;
    return;
  }
  report.end(ended, folder);
  if (ended.status === 'failed') process.exitCode = 1;
  if (ended.status === 'stopped') process.exitCode = 130;
}

export function whole(most: number, least = 1): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}
