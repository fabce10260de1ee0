import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clusterProblems } from '../../../electron/domain/cluster-limits.ts';
import { layOut } from '../../../electron/domain/model-layout.ts';
import { buildNetwork, type Network } from '../../../electron/engine/network.ts';
import { betaAt, learningRateAt } from '../../../electron/engine/schedule.ts';
import { shuffled } from '../../../electron/engine/shuffle.ts';
import { readSafetensors } from '../../../electron/files/safetensors.ts';
import { tensorsOfModule, tiesOf, trainingModule } from '../../../electron/model/training-module.ts';
import { EpochPlan } from '../../../electron/training/epoch-plan.ts';
import { cases, convolutional, small, type Case } from '../../engine/graph-cases.ts';
import {
  conv,
  distance,
  noiseImages,
  pool,
  setWeights,
  trainEagerly,
  trainingSpec,
  weightsByName,
} from '../../engine/samples.ts';

const SOURCES = join(import.meta.dirname, '../../../resources/cluster');
const STEPS = 6;
const IMAGES = 48;
/** Of an epoch's plan: leaves a last batch that is not whole. */
const PLANNED = 1_003;

/** Of costs, and of weights as a share of their size: two programs' float32. */
const MOST_DIFFERENCE = 2e-4;

interface Found {
  readonly costs: readonly number[];
  readonly parameters: number;
  readonly order: readonly number[];
  readonly rates: readonly number[];
  readonly betas: readonly number[];
}

type ProblemsOf = (one: Case) => readonly unknown[];

const more: Readonly<Record<string, Case>> = {
  'convolutions with batch normalisation': {
    model: { ...convolutional, inputShape: [9, 6, 3], encoder: [conv(4, 3, 2, { batchNorm: true }), pool('max', 2)] },
    training: trainingSpec({ learningRate: 0.05 }),
  },
  'free bits, of which some numbers have fewer': {
    model: { ...small, code: { size: 3, activation: 'linear', variational: true } },
    // With a spread of e⁻¹⁰ each has nine and a half nats, and half the square of its mean.
    training: trainingSpec({ freeBits: 9.51, learningRate: 0.05 }),
  },
  'short codes, small weights': {
    model: { ...small, code: { size: 3, activation: 'linear', variational: false } },
    training: trainingSpec({
      learningRate: 0.05,
      regularisers: { codeL1: 0, contractive: 0, codeL2: 0.1, decoderL2: 0.001 },
    }),
  },
  'kept neighbours, without noise': {
    model: { ...small, code: { size: 2, activation: 'linear', variational: false } },
    training: trainingSpec({
      regularisers: { codeL1: 0.001, contractive: 0, neighbours: { weight: 0.2, count: 5, radius: 0.5 } },
    }),
  },
};

/** Those that are trained there, and that draw nothing by chance; of a variational code's sample nothing is left (`networkOf`). */
function comparable(problemsOf: ProblemsOf): readonly (readonly [string, Case])[] {
  return Object.entries({ ...cases, ...more }).filter(([, { model, training }]) => {
    const { inputNoise, dynamicBinarisation = false, importanceSamples = 1, regularisers } = training;
    const { shiftPixels, flip } = training.augmentation;
    const { mmd = 0, totalCorrelation = 0 } = regularisers;
    const ofCodes = importanceSamples > 1 || mmd > 0 || totalCorrelation > 0;
    const draws = inputNoise !== undefined || dynamicBinarisation || shiftPixels > 0 || flip || ofCodes;
    return problemsOf({ model, training }).length === 0 && !draws;
  });
}

/**
 * Every loss, penalty, optimizer and schedule, a few steps of each by the cluster's program and by the engine: the same costs and
 * weights; the same order of the images, learning rates and parameters.
 * @param workers that share each batch
 * @param problemsOf why a case is not trained there
 * @returns how many cases were compared, and the largest difference of weights
 */
export async function compareFormulas(
  python: string,
  folder: string,
  workers: number,
  problemsOf: ProblemsOf = clusterProblems,
): Promise<readonly [count: number, most: number]> {
  const given = comparable(problemsOf);
  for (const [index, [, one]] of given.entries()) await writeCase(one, join(folder, String(index).padStart(3, '0')));
  const env = { ...process.env, PYTHONPATH: SOURCES };
  await promisify(execFile)(python, [join(import.meta.dirname, 'steps.py'), folder, String(workers)], { env });
  let most = 0;
  for (const [index, [name, one]] of given.entries()) {
    const difference = await compareCase(one, join(folder, String(index).padStart(3, '0')), name);
    most = Math.max(most, difference);
  }
  return [given.length, most];
}

/** Its variational code, if it has one, samples from a spread of e⁻¹⁰: as good as none. */
function networkOf({ model }: Case): Network {
  const network = buildNetwork(model, 1);
  setWeights(network, { 'code-log-variance/bias': new Float32Array(model.code.size).fill(-20) });
  return network;
}

const ratesOf = ({ training }: Case): readonly number[] => Array.from({ length: STEPS }, () => training.learningRate);

async function writeCase(one: Case, folder: string): Promise<void> {
  const { model, training } = one;
  const network = networkOf(one);
  const { source, state } = trainingModule(network);
  network.dispose();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.py'), source);
  await writeFile(join(folder, 'initial.safetensors'), state);
  await writeFile(join(folder, 'images.u8'), noiseImages(IMAGES, model.inputShape).pixels);
  const { activation, variational } = model.code;
  const whole = { training, variational, codeActivation: activation, tied: tiesOf(model), shape: model.inputShape };
  await writeFile(join(folder, 'case.json'), JSON.stringify({ ...whole, rates: ratesOf(one), imageCount: PLANNED }));
}

async function compareCase(one: Case, folder: string, name: string): Promise<number> {
  const { model, training } = one;
  const found = JSON.parse(await readFile(join(folder, 'found.json'), 'utf8')) as Found;
  const network = networkOf(one);
  try {
    const { costs } = trainEagerly(network, training, noiseImages(IMAGES, model.inputShape), ratesOf(one));
    const path = join(folder, 'found.safetensors');
    const theirs = tensorsOfModule(network, await readSafetensors(path), path);
    assert.ok(
      distance(found.costs, costs) <= MOST_DIFFERENCE,
      `${name}: costs ${String(costs)}, found ${String(found.costs)}`,
    );
    const differences = Object.entries(weightsByName(network)).map(([key, own]) => distance(theirs[key]!.data, own));
    const most = Math.max(...differences);
    assert.ok(most <= MOST_DIFFERENCE, `${name}: expected the same weights, found a difference of ${most}`);
    comparePlan(one, found, name);
    return most;
  } finally {
    network.dispose();
  }
}

function comparePlan({ model, training }: Case, found: Found, name: string): void {
  assert.equal(found.parameters, layOut(model).parameters, `${name}: parameters`);
  assert.deepEqual(found.order, [...shuffled(PLANNED, training.seed, 3)], `${name}: the order of the images`);
  const { stepsPerEpoch, epochs } = new EpochPlan(training, PLANNED);
  const steps = Array.from({ length: stepsPerEpoch * epochs }, (_, step) => step);
  const rates = steps.map((step) => learningRateAt(step, stepsPerEpoch, training));
  const betas = steps.map((step) => betaAt(step, stepsPerEpoch, training));
  assert.ok(distance(found.rates, rates) < 1e-9, `${name}: learning rates`);
  assert.ok(distance(found.betas, betas) < 1e-9 || training.beta === 0, `${name}: betas`);
}
