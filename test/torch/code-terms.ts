import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { drawCodes, importanceBound } from '../../electron/engine/importance.ts';
import { meanDiscrepancy, totalCorrelation } from '../../electron/engine/prior-match.ts';
import { tf } from '../../electron/engine/tensorflow.ts';
import { randomFrom } from '../random.ts';
import { SOURCES } from './runs.ts';

/** Of costs, and of gradients as a share of their size: two programs' float32. */
const MOST_DIFFERENCE = 1e-4;
const [IMAGES, UNITS, SAMPLES, BETA] = [7, 3, 3, 0.7];

type Term = 'totalCorrelation' | 'meanDiscrepancy' | 'importanceBound';

/** Costs of codes that are drawn, and their gradients, of the same numbers here and in PyTorch. Returns the largest difference. */
export async function compareCodeTerms(python: string, folder: string): Promise<number> {
  const random = randomFrom(5);
  const array = (shape: number[], least: number, most: number): { shape: number[]; values: number[] } => ({
    shape,
    values: Array.from({ length: tf.util.sizeFromShape(shape) }, () => least + (most - least) * random()),
  });
  const given = {
    mean: array([IMAGES, UNITS], -2, 2),
    logVariance: array([IMAGES, UNITS], -2, 1),
    noise: array([SAMPLES * IMAGES, UNITS], -2, 2),
    target: array([IMAGES, 4, 5, 2], 0, 1),
    output: array([SAMPLES * IMAGES, 4, 5, 2], 0.05, 0.95),
  };
  const file = join(folder, 'code-terms.json');
  await writeFile(file, JSON.stringify({ ...given, beta: BETA }));
  const env = { ...process.env, PYTHONPATH: SOURCES };
  const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, 'code_terms.py'), file], { env });
  const there = JSON.parse(stdout) as Record<Term, readonly number[]>;
  const here = termsHere(given);
  const differences = (Object.keys(here) as Term[]).map((term) => {
    const size = Math.max(...here[term].map(Math.abs));
    const most = Math.max(...here[term].map((value, index) => Math.abs(value - (there[term][index] ?? Number.NaN))));
    assert.equal(there[term].length, here[term].length, term);
    assert.ok(most <= MOST_DIFFERENCE * size, `${term}: expected ${String(here[term])}, found ${String(there[term])}`);
    return most / size;
  });
  return Math.max(...differences);
}

type Given = Readonly<
  Record<'mean' | 'logVariance' | 'noise' | 'target' | 'output', { shape: number[]; values: number[] }>
>;

function termsHere(given: Given): Record<Term, number[]> {
  const of = (name: keyof Given): tf.Tensor => tf.tensor(given[name].values, given[name].shape);
  /** The cost, then its gradients. */
  const told = (cost: (...moved: tf.Tensor[]) => tf.Tensor, ...moved: tf.Tensor[]): number[] => {
    const { value, grads } = tf.valueAndGrads(cost)(moved);
    return [value, ...grads].flatMap((tensor) => [...tensor.dataSync()]);
  };
  const first = tf.slice(of('noise'), 0, IMAGES);
  const draw = (shape: number[]): tf.Tensor => (shape[0] === IMAGES ? first : of('noise'));
  const drawn = (mean: tf.Tensor, logVariance: tf.Tensor, count: number): ReturnType<typeof drawCodes> =>
    drawCodes(mean as tf.Tensor2D, logVariance as tf.Tensor2D, count, draw);
  const [mean, logVariance] = [of('mean'), of('logVariance')];
  return tf.tidy(() => ({
    totalCorrelation: told(
      (m, l) => totalCorrelation(drawn(m!, l!, 1).sample, m as tf.Tensor2D, l as tf.Tensor2D),
      mean,
      logVariance,
    ),
    meanDiscrepancy: told((m) => meanDiscrepancy(m as tf.Tensor2D, first as tf.Tensor2D), mean),
    importanceBound: told(
      (m, l) =>
        importanceBound(
          of('target') as tf.Tensor4D,
          of('output') as tf.Tensor4D,
          drawn(m!, l!, SAMPLES),
          tf.scalar(BETA),
        ),
      mean,
      logVariance,
    ),
  }));
}
