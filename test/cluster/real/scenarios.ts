import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../../../electron/cluster/http.ts';
import { readIdxFolder } from '../../../electron/dataset/idx-folder.ts';
import { splitTraining } from '../../../electron/dataset/image-set.ts';
import { reconstructionErrors } from '../../../electron/engine/inference.ts';
import { presetExperiment, presets } from '../../../electron/domain/presets.ts';
import { unwrap } from '../../../electron/domain/errors.ts';
import { RunFolder } from '../../../electron/files/run-folder.ts';
import { loadModel } from '../../../electron/model/weights-file.ts';
import { AppSide, type Ended, type Told } from './app-side.ts';
import type { RealCluster } from './cluster.ts';
import { compareFormulas } from './formulas.ts';
import { COUNTS } from './images.ts';
import { WindowSide } from './window-side.ts';

export interface Around {
  readonly cluster: RealCluster;
  readonly python: string;
  /** With the folder `digits`, and for runs. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

type Scenario = (around: Around) => Promise<unknown>;

/** How far a curve may lie from another's that saw the same batches, as a share: sums are taken in another order. */
const SAME_BATCHES = 0.02;
/** The same where the noise is drawn by another generator. */
const OTHER_NOISE = 0.1;
/** Between a validation MSE as the cluster reported it and as it is measured here. */
const SAME_WEIGHTS = 1e-6;

const EPOCHS = 3;

export const scenarios: Readonly<Record<string, Scenario>> = {
  'a wrong token, and none': async ({ cluster, folder }) => {
    const ask = (token: string) => side({ cluster, folder }, ['cluster', 'test', cluster.address], token).ended;
    const [wrong, none] = [await ask('guess'), await ask('')];
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /expected the cluster's token, found another \(status 403\)/);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /expected a token, found none/);
  },

  'what is there': async ({ cluster }) => {
    const found = await cluster.client.describe();
    assert.equal(found.rayVersion, '2.60.0');
    assert.deepEqual([found.nodes, found.cpus, found.freeCpus, found.gpus], [2, 2, 2, 0]);
  },

  'a package that is too large': async ({ cluster }) => {
    const put = async (bytes: number): Promise<number> => {
      const url = new URL(`${cluster.address}/api/packages/gcs/_ray_pkg_${bytes}.zip`);
      const headers = { authorization: `Bearer ${cluster.token}` };
      return (await send({ method: 'PUT', url, headers, body: new Uint8Array(bytes) })).status;
    };
    assert.equal(await put(104_857_601), 413);
    await assert.rejects(
      cluster.client.uploadPackage('_ray_pkg_x.zip', new Uint8Array(104_857_601)),
      /at most 104,857,600 bytes/,
    );
  },

  'every formula, by one process and by three': async ({ python, folder, say }) => {
    for (const workers of [1, 3]) {
      const [count, most] = await compareFormulas(python, join(folder, `formulas-${workers}`), workers);
      assert.ok(count > 15, `expected more than 15 cases, found ${count}`);
      say(`        ${count} cases, ${workers} at work, weights after six steps at most ${most.toExponential(1)} apart`);
    }
  },

  'one worker': async (around) => compareWithLocal(around, 'modern', ['--workers', '1'], SAME_BATCHES),

  'two workers, one of which is killed': async (around) => {
    let killed = 0;
    const told = await compareWithLocal(around, 'modern', ['--workers', '2'], SAME_BATCHES, ({ kind }) => {
      if (kind !== 'epoch' || killed > 0) return;
      const [first] = around.cluster.workerProcesses();
      if (first === undefined) return;
      killed = first;
      process.kill(first, 'SIGKILL');
    });
    assert.notEqual(killed, 0, 'expected a worker to kill, found none');
    const resumed = told.flatMap((each) => (each.kind === 'resumed' ? each.problems : []));
    assert.match(resumed.join(), /A worker was lost\. Training goes on/);
  },

  'convolutions, images from an address, the app killed and started again': async (around) => {
    const server = createServer((_, response) => createReadStream(imagesIn(around)).pipe(response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/images.u8`;
    try {
      await compareWithLocal(around, 'conv', ['--cluster-images', address], SAME_BATCHES, ({ kind }, app) => {
        if (kind === 'epoch') app.kill();
      });
    } finally {
      server.close();
    }
  },

  'a variational code, images from a shared folder': async (around) =>
    compareWithLocal(around, 'variational', ['--cluster-images', imagesIn(around)], OTHER_NOISE),

  'a sweep, two runs at a time': async (around) => {
    const out = join(around.folder, 'sweep');
    const data = ['--dataset', join(around.folder, 'digits'), '--validation-count', String(COUNTS.validation)];
    const given = [
      'sweep',
      '--sizes',
      '2,8',
      '--epochs',
      '1',
      '--cluster',
      around.cluster.address,
      '--jobs',
      '2',
      ...data,
    ];
    const { code, stdout, stderr } = await side(around, [...given, '--out', out, '--json']).ended;
    assert.equal(code, 0, stderr);
    const { runs } = JSON.parse(stdout) as { readonly runs: readonly { readonly codeSize: number }[] };
    assert.deepEqual(
      runs.map(({ codeSize }) => codeSize),
      [2, 8],
    );
    assert.equal((await curveOf(join(out, 'code-8'))).length, 1);
  },

  'the app itself: tried, begun, closed, opened again': async ({ cluster, folder, say }) => {
    const { address, token } = cluster;
    const data = join(folder, 'app');
    const order = { address, workers: { count: 2, cpus: 1, gpu: false }, jobs: 1 };
    const modern = presetExperiment(
      presets.find(({ id }) => id === 'modern')!,
      'mnist',
      [28, 28, 1],
    );
    const experiment = { ...modern, training: { ...modern.training, epochs: 3 } };
    const first = await WindowSide.open(data, address, token);
    const planned = unwrap(await first.window.call('cluster:plan', { experiments: [experiment], order }));
    assert.deepEqual([planned.rayVersion, planned.images.packages, planned.images.held], ['2.60.0', 1, 0]);
    const epoch = first.untilEpoch(1);
    const { runId } = unwrap(await first.window.call('cluster:start', { experiment, order }));
    await epoch;
    await first.close();
    const run = RunFolder.under(data, runId);
    assert.equal((await run.readState()).status, 'interrupted');

    const second = await WindowSide.open(data, address, token);
    const ended = await second.nextEnd();
    assert.equal(ended.status, 'finished', ended.problem);
    assert.equal((await curveOf(run.path)).length, 3);
    const { snapshotEpochs, test } = unwrap(await second.window.call('run:open', { runId }));
    assert.equal(snapshotEpochs.at(-1), 3);
    const again = unwrap(await second.window.call('cluster:plan', { experiments: [experiment], order }));
    assert.equal(again.images.held, 1);
    const odd = [...first.reports, ...second.reports].filter((each) => each.includes('the cluster had measured'));
    assert.deepEqual(odd, []);
    say(
      `        60,000 digits, three epochs: squared error per image ${test?.squaredError.toFixed(3)} on the test images`,
    );
    await second.close();
  },

  'too many workers, then a stop': async (around) => {
    const out = join(around.folder, 'waiting');
    const app = side(around, [...train('modern', around, out), '--cluster', around.cluster.address, '--workers', '3']);
    await untilSaid(
      app,
      /Waiting for 3 workers of 1 CPU each; the cluster has . of 2 CPU free\. It never has so many CPU/,
    );
    const stopped = await side(around, ['cluster', 'stop', out]).ended;
    assert.equal(stopped.code, 0, stopped.stderr);
    const { code, told } = await app.ended;
    assert.equal(code, 130);
    assert.deepEqual(endOf(told), { status: 'stopped' });
  },
};

const imagesIn = ({ folder }: Around): string => join(folder, 'digits', 'images.u8');

function side(
  { cluster, folder }: Pick<Around, 'cluster' | 'folder'>,
  args: readonly string[],
  token = cluster.token,
  hear?: (told: Told, app: AppSide) => void,
): AppSide {
  return new AppSide(args, token, join(folder, 'config'), hear);
}

const train = (preset: string, { folder }: Around, out: string): string[] => {
  const counts = ['--epochs', String(EPOCHS), '--validation-count', String(COUNTS.validation)];
  return [
    'train',
    '--preset',
    preset,
    '--dataset',
    join(folder, 'digits'),
    ...counts,
    '--seed',
    '1',
    '--out',
    out,
    '--json',
  ];
};

/**
 * Trains there and here, and compares: the same epochs, each once; curves that agree; weights that give here what they gave there.
 * An app that was killed meanwhile is started again.
 */
async function compareWithLocal(
  around: Around,
  preset: string,
  options: readonly string[],
  share: number,
  hear?: (told: Told, app: AppSide) => void,
): Promise<readonly Told[]> {
  const there = join(around.folder, `${preset}-there-${basename(options.at(-1)!)}`);
  const cluster = ['--cluster', around.cluster.address, '--weights-seconds', '0', ...options];
  const first = await side(around, [...train(preset, around, there), ...cluster], undefined, hear).ended;
  const ended = first.code === null ? await follow(around, there) : first;
  assert.deepEqual(endOf(ended.told), { status: 'finished' }, ended.stderr);

  const here = join(around.folder, `${preset}-here`);
  if (!existsSync(here)) {
    const local = await side(around, train(preset, around, here)).ended;
    assert.equal(local.code, 0, local.stderr);
  }
  const [found, expected] = [await curveOf(there), await curveOf(here)];
  around.say(`        ${preset}, validation MSE there: ${words(found)}`);
  around.say(`        ${preset}, validation MSE here:  ${words(expected)}`);
  assert.equal(found.length, EPOCHS);
  found.forEach((value, index) => {
    const least = expected[index]!;
    assert.ok(Math.abs(value - least) <= share * least, `epoch ${index + 1}: expected about ${least}, found ${value}`);
  });
  const difference = Math.abs((await measuredHere(around, there)) - Math.min(...found));
  around.say(
    `        ${preset}, the best weights measured here: ${difference.toExponential(1)} from what was reported`,
  );
  assert.ok(difference <= SAME_WEIGHTS, `expected a difference of at most ${SAME_WEIGHTS}, found ${difference}`);
  assert.doesNotMatch(ended.stderr, /the cluster had measured/);
  return [...first.told, ...ended.told];
}

async function follow(around: Around, run: string): Promise<Ended> {
  const dataset = ['--dataset', join(around.folder, 'digits')];
  return side(around, ['cluster', 'follow', run, '--json', ...dataset]).ended;
}

async function curveOf(run: string): Promise<readonly number[]> {
  const { metrics, problems } = await new RunFolder(run).readMetrics();
  assert.deepEqual(problems, []);
  assert.deepEqual(
    metrics.map(({ epoch }) => epoch),
    metrics.map((_, index) => index + 1),
  );
  return metrics.map(({ validationMse = Number.NaN }) => validationMse);
}

/** MSE of the run's best weights on the images held out, by this process. */
async function measuredHere({ folder }: Around, run: string): Promise<number> {
  const { training } = await readIdxFolder(join(folder, 'digits'), 'digits');
  const { validation } = splitTraining(training, COUNTS.validation);
  const network = await loadModel(new RunFolder(run).modelFolder('best'));
  try {
    const errors = await reconstructionErrors(network, validation.images, () => Promise.resolve());
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  } finally {
    network.dispose();
  }
}

function endOf(told: readonly Told[]): { readonly status: string; readonly problem?: string } | undefined {
  const ended = told.find((each) => each.kind === 'ended');
  if (ended === undefined) return undefined;
  return { status: ended.status, ...(ended.problem === undefined ? {} : { problem: ended.problem }) };
}

/** Resolves when a process has said something on stderr; fails where it ends without. */
async function untilSaid(app: AppSide, words: RegExp): Promise<void> {
  let over = false;
  void app.ended.then(() => (over = true));
  while (!words.test(app.said)) {
    assert.ok(!over, `expected ${String(words)}, found: ${app.said}`);
    await sleep(200);
  }
}

const words = (values: readonly number[]): string => values.map((value) => value.toPrecision(6)).join(', ');
