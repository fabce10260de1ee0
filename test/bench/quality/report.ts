import { join } from 'node:path';
import { format } from 'prettier';
import { presets as allPresets, type Preset } from '../../../electron/domain/presets.ts';
import { writeWhole } from '../../../electron/files/atomic.ts';
import { longerLines, readLonger, type LongerResult } from './longer-stages.ts';
import { readResults, recipeOf, type QualityResults, type SeedResult } from './results.ts';

const reportFile = join(import.meta.dirname, '..', '..', '..', 'docs', 'quality.md');

/** Writes docs/quality.md from the figures that are kept beside it. */
export async function writeReport(): Promise<void> {
  const text = qualityReport(readResults(), allPresets, readLonger());
  await writeWhole(reportFile, await format(text, { parser: 'markdown', printWidth: 120 }));
}
import { bestOf30, rows, type Figure, type Row } from './rows.ts';

/** docs/quality.md, from whatever has been run. */
export function qualityReport(results: QualityResults, presets: readonly Preset[], longer?: LongerResult): string {
  const presetOf = (id: string): Preset | undefined => presets.find((preset) => preset.id === id);
  const lines = rows.flatMap((row) => {
    const preset = presetOf(row.preset);
    return preset === undefined ? [] : tableLines(row, preset, results);
  });
  return [
    '# Quality',
    '',
    'What the presets reach on MNIST, written by `npm run bench:quality` (one row: `-- --preset NAME --json FILE`).',
    'Each is trained as the app trains it: 55,000 images, the best weights by 5,000 held-out ones. All figures are of the',
    '10,000 test images, which choose nothing. Squared error per image is the squared error summed over the 784 pixels.',
    '',
    '| preset | figure | must reach | reached | seeds | beside it |',
    '|---|---|---|---|---|---|',
    ...lines,
    bestLine(results, presets),
    '',
    '“Reached” is the mean over the seeds that were run, ± their standard deviation where there are several.',
    'Three seeds make a row; one with fewer says so.',
    '',
    '## Time',
    '',
    'Wall minutes are as they were, on a machine that others may have used at the same time. Processor minutes are summed',
    'over the threads and do not depend on that; half of them is the least that two cores need.',
    '',
    '| preset | may take | wall minutes | processor minutes | epochs (best) | threads | load before |',
    '|---|---|---|---|---|---|---|',
    ...rows.flatMap((row) => timeLines(row, presetOf(row.preset), results)),
    ...longerLines(longer),
    '',
    '## How it is measured',
    '',
    '- 10-NN: the class that most of the ten nearest training codes have, for each test code.',
    '- Silhouette by label (Rousseeuw 1987) and trustworthiness with 10 neighbours (Venna & Kaski 2001) of the codes: of 1,000',
    '  test images, each class with its share, as the app shows them. That of t-SNE, which has no encoder and saw the images that',
    '  it is measured on, is of openTSNE 1.0.4 (perplexity 30, seed 0, 50 principal components): what a map in two dimensions can',
    '  come to at all, so that 0.960 is out of reach for one of images that it has not seen.',
    '- Denoising: Gaussian noise of standard deviation 0.5, clipped to [0, 1] and rounded to bytes, one fixed draw for all;',
    '  PSNR = 10 log₁₀(1 / MSE) of each image, averaged.',
    '- Missing squares: two of 7 × 7 pixels in each image are black, one fixed draw for all; the model is not told where they are.',
    '- Variational: one fixed binarisation of the test images, each pixel drawn once with its value as the probability.',
    '  The −ELBO is averaged over the same samples, its divergence in closed form; the NLL is the importance-weighted bound of',
    '  Burda, Grosse & Salakhutdinov (2016), eq. 8, with as many samples as is said, averaged over all 10,000 images: the fewer,',
    '  the looser. The fitted prior is a mixture of 30 normal distributions, fitted to codes drawn from the posteriors of the',
    '  training images (expectation–maximisation, 40 rounds) after training; models published are measured with N(0, 1).',
    '- Drawn images: as many as there are test images, decoded from codes of N(0, 1), or of the density that the app fits to training',
    '  codes where the model has no prior. Fréchet distance (Heusel et al. 2017) to the test images in the 64 features of a small',
    '  classifier (784-256-64-10, three epochs, trained by the benchmark itself): only to be compared within this table. Distance to',
    '  training images: of 1,000 drawn images to their nearest ones, in pixels, over the same of test images; copies would be at 0.',
    ...machineLines(results),
    '',
  ].join('\n');
}

function tableLines(row: Row, preset: Preset, results: QualityResults): string[] {
  const seeds = seedsOf(preset, results);
  return row.figures.map((figure, index) => {
    const values = seeds.flatMap(({ figures }) => figures[figure.name] ?? []);
    const cells = [
      index === 0 ? `${preset.name} (\`${preset.id}\`)` : '',
      figure.title,
      targetWords(figure),
      reachedWords(figure, values, seeds.length),
      index === 0 ? seedWords(seeds) : '',
      index === 0 ? row.anchors : '',
    ];
    return `| ${cells.join(' | ')} |`;
  });
}

/** Runs of the preset as it stands now; those of an earlier recipe say nothing of it. */
function seedsOf(preset: Preset, results: QualityResults): readonly SeedResult[] {
  const found = results[preset.id];
  return found?.recipe === recipeOf(preset) ? found.seeds : [];
}

function bestLine(results: QualityResults, presets: readonly Preset[]): string {
  const { figure, minutes } = bestOf30;
  const found = bestOf30.presets.flatMap((id) => {
    const preset = presets.find((one) => one.id === id);
    const seeds = preset === undefined ? [] : seedsOf(preset, results);
    const values = seeds.flatMap(({ figures }) => figures[figure.name] ?? []);
    const isInTime = seeds.every(({ processorSeconds }) => processorSeconds / 2 <= minutes * 60);
    return preset === undefined || values.length === 0 || !isInTime ? [] : [{ preset, seeds, values }];
  });
  const best = found.sort((a, b) => meanOf(a.values) - meanOf(b.values))[0];
  const reached =
    best === undefined
      ? 'not run'
      : `${reachedWords(figure, best.values, best.seeds.length)}, by \`${best.preset.id}\``;
  const cells = ['best with 30 numbers', figure.title, targetWords(figure), reached, seedWords(best?.seeds ?? [])];
  return `| ${cells.join(' | ')} | published 3.00, PCA with 30 components 13.87 |`;
}

function timeLines({ minutes }: Row, preset: Preset | undefined, results: QualityResults): string[] {
  const seeds = preset === undefined ? [] : seedsOf(preset, results);
  if (preset === undefined || seeds.length === 0) return [];
  const of = (pick: (result: SeedResult) => number): string =>
    seeds.map((result) => pick(result).toFixed(1)).join(', ');
  const cells = [
    `\`${preset.id}\``,
    minutes === undefined ? 'no limit' : `${minutes} minutes`,
    of(({ wallSeconds }) => wallSeconds / 60),
    of(({ processorSeconds }) => processorSeconds / 60),
    seeds.map(({ epochs, bestEpoch }) => `${epochs} (${bestEpoch})`).join(', '),
    seeds.map(({ machine }) => machine.threads).join(', '),
    of(({ machine }) => machine.loadBefore),
  ];
  return [`| ${cells.join(' | ')} |`];
}

function machineLines(results: QualityResults): string[] {
  const machines = Object.values(results).flatMap(({ seeds }) =>
    seeds.map(({ machine }) => `${machine.processor}, ${machine.cores} cores, Node ${machine.node}`),
  );
  return machines.length === 0 ? [] : ['', `Machine: ${[...new Set(machines)].join('; ')}.`];
}

function targetWords({ target, ...figure }: Figure): string {
  if (target === undefined) return '';
  return 'atMost' in target ? `≤ ${shown(figure, target.atMost)}` : `≥ ${shown(figure, target.atLeast)}`;
}

/** @param seeds how many were run: an earlier one may lack a figure that is measured since */
function reachedWords(figure: Figure, values: readonly number[], seeds: number): string {
  if (values.length === 0) return 'not run';
  const mean = meanOf(values);
  const spread = values.length < 2 ? '' : ` ± ${shown(figure, deviationOf(values))}`;
  const some = values.length === seeds ? '' : `, of ${values.length} of the seeds`;
  return `${shown(figure, mean)}${spread}${some}${isMet(figure, mean) ? '' : ' (not reached)'}`;
}

function isMet({ target }: Figure, value: number): boolean {
  if (target === undefined) return true;
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

function shown({ decimals, percent }: Pick<Figure, 'decimals' | 'percent'>, value: number): string {
  return percent === true ? `${(100 * value).toFixed(decimals)} %` : value.toFixed(decimals);
}

function seedWords(seeds: readonly SeedResult[]): string {
  if (seeds.length === 0) return 'none run';
  return `${seeds.length} run: ${seeds.map(({ seed }) => seed).join(', ')}`;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of a sample: divided by one less than their number. */
function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
