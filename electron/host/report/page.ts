import { joined, Markup, markup } from '../../domain/markup.ts';
import { experimentSettings } from '../../domain/settings-of.ts';
import { settingWords } from '../../domain/setting-words.ts';
import type {
  Baseline,
  EpochMetrics,
  ImageColumns,
  ImageSetSummary,
  PcaNeighbours,
  RunRecord,
  Snapshot,
} from '../../domain/words.ts';
import { curvesFigure, type Curve } from './curves.ts';
import type { Inspection } from '../../contract/inspection.ts';
import { mapFigure } from './map.ts';
import { figure, table } from './markup.ts';
import { oddOnes } from './odd.ts';
import { pngAddress } from './png.ts';
import { reportStyle } from './style.ts';

/** Rows of the metrics' table; of longer runs as many, evenly chosen. */
const MOST_ROWS = 400;

export interface ReportContents {
  readonly record: RunRecord;
  readonly imageSet?: ImageSetSummary;
  readonly snapshot?: Snapshot;
  /** The examples, in the order of the snapshot's reconstructions. */
  readonly originals?: ImageColumns;
  readonly baseline?: Baseline;
  /** Of PCA with as many components as the code has units. */
  readonly pcaNeighbours?: PcaNeighbours;
  /** What was last checked with the run's weights. */
  readonly inspection?: Inspection;
  /** A sentence for each part that could not be had. */
  readonly missing: readonly string[];
}

/** A run as one HTML page that needs no network, no script and no other file. */
export function reportPage(contents: ReportContents): string {
  const { record, missing } = contents;
  const { summary } = record;
  const sections = [
    heading(contents),
    ...missing.map((sentence) => markup`<p class="missing">${sentence}</p>`),
    testFigures(contents),
    contents.inspection === undefined ? new Markup('') : oddOnes(contents.inspection),
    curves(contents),
    pictures(contents),
    maps(contents),
    settings(contents),
    metricsTable(record.metrics),
  ];
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${summary.name}</title>
<style>${new Markup(reportStyle)}</style>
</head>
<body>
${joined(sections, '\n')}
<p class="muted">Made by Autoencoder Studio from the run ${summary.id}.</p>
</body>
</html>
`.toString();
}

function heading({ record, imageSet }: ReportContents): Markup {
  const { summary } = record;
  const facts = [
    imageSet?.name ?? summary.imageSet,
    `code size ${summary.codeSize}`,
    `seed ${summary.seed}`,
    `${summary.status}, ${summary.epochsDone} of ${summary.epochs} epochs`,
    `begun ${summary.startedAt.slice(0, 16).replace('T', ' ')} UTC`,
  ];
  const tags = summary.tags.length === 0 ? undefined : markup`<p class="muted">Tags: ${summary.tags.join(', ')}</p>`;
  const notes = summary.notes === '' ? undefined : markup`<p class="notes">${summary.notes}</p>`;
  const problem = [summary.problem, record.inexact].filter((sentence) => sentence !== undefined);
  return markup`<h1>${summary.name}</h1>
<p class="muted">${facts.join(' · ')}</p>
${tags}${notes}${problem.map((sentence) => markup`<p class="missing">${sentence}</p>`)}`;
}

function testFigures({ record, baseline, pcaNeighbours }: ReportContents): Markup {
  const { test, experiment } = record;
  if (test === undefined) return markup`<h2>Test figures</h2><p>None: the run has not finished.</p>`;
  const pixels = experiment.model.inputShape.reduce((product, side) => product * side, 1);
  const size = experiment.model.code.size;
  const pcaError = baseline?.testSquaredError[size];
  const meanError = baseline?.testSquaredError[0];
  const cell = (value: number | undefined) => (value === undefined ? '–' : figure(value));
  const share = (value: number | undefined) => (value === undefined ? '–' : `${(value * 100).toFixed(1)} %`);
  const per = (value: number | undefined) => cell(value === undefined ? undefined : value / pixels);
  const rows = [
    ['Squared error per image', cell(test.squaredError), cell(pcaError), cell(meanError)],
    ['MSE per pixel', cell(test.mse), per(pcaError), per(meanError)],
    ...(test.neighbourAccuracy === undefined
      ? []
      : [['10 nearest neighbours vote right', share(test.neighbourAccuracy), share(pcaNeighbours?.accuracy), '–']]),
  ];
  return markup`<h2>Test figures</h2>
<p class="muted">On the test images, with the weights of epoch ${test.epoch}. PCA: as many components as the code has units, fitted on the training images.</p>
${table(['', 'This run', `PCA, ${size} components`, 'Mean image'], rows, 'test')}`;
}

function curves({ record, baseline }: ReportContents): Markup {
  const { metrics, experiment } = record;
  const validated = metrics.some((epoch) => epoch.validationSquaredError !== undefined);
  const value = (epoch: EpochMetrics) =>
    validated ? (epoch.validationSquaredError ?? Number.NaN) : epoch.trainingCost;
  const own: Curve = {
    name: validated ? 'Validation' : 'Training cost',
    kind: validated ? 'validation' : 'training',
    points: metrics.map((epoch) => [epoch.epoch, value(epoch)]),
  };
  const pca = validated ? baseline?.validationSquaredError[experiment.model.code.size] : undefined;
  const last = metrics.at(-1)?.epoch ?? 0;
  const reference: Curve[] =
    pca === undefined || last === 0
      ? []
      : [
          {
            name: 'PCA',
            kind: 'reference',
            points: [
              [1, pca],
              [Math.max(2, last), pca],
            ],
          },
        ];
  const unit = validated ? 'Validation squared error per image' : 'Training cost';
  const cost: Curve = {
    name: 'Training cost',
    kind: 'training',
    points: metrics.map((epoch) => [epoch.epoch, epoch.trainingCost]),
  };
  const both = (shown: readonly Curve[], words: string) =>
    markup`<div class="side">${curvesFigure(shown, 'linear', words)}${curvesFigure(shown, 'logarithmic', words)}</div>`;
  const key = [own, ...reference].map(({ name, kind }) => markup`<span class="key ${kind}"></span>${name}`);
  const costs = validated
    ? markup`<p class="muted">The loss in training, as the optimizer sees it:</p>${both([cost], 'Training cost')}`
    : undefined;
  return markup`<h2>Curves</h2><p class="muted">${key}</p>${both([own, ...reference], unit)}${costs}`;
}

function pictures({ snapshot, originals, imageSet }: ReportContents): Markup {
  if (snapshot === undefined) return new Markup('');
  const { reconstructions, errors, epoch } = snapshot;
  const pixels = reconstructions.height * reconstructions.width * reconstructions.channels;
  const row = (head: string, images: ImageColumns) =>
    markup`<tr><th scope="row">${head}</th>${Array.from({ length: images.count }, (_, index) => markup`<td><img alt="${head} ${index + 1}" src="${pngAddress(images, index)}"></td>`)}</tr>`;
  const error = [...errors].map((mse) => markup`<td>${figure(mse * pixels)}</td>`);
  const of = imageSet === undefined ? '' : ` of ${imageSet.name}`;
  return markup`<h2>Reconstructions</h2>
<p class="muted">${reconstructions.count} test images${of}${snapshot.examples && imageSet?.labelNames.length ? ', of each class in turn,' : ','} and what the model makes of them after epoch ${epoch}. Below: squared error of the image.</p>
<div class="wide"><table id="pictures"><tbody>
${originals === undefined ? undefined : row('Original', originals)}
${row('Reconstruction', reconstructions)}
<tr><th scope="row">Squared error</th>${error}</tr>
</tbody></table></div>`;
}

function maps({ snapshot, baseline, imageSet }: ReportContents): Markup {
  if (snapshot === undefined || snapshot.map.x.length === 0) return new Markup('');
  const labels = baseline?.subset.labels ?? new Uint8Array(0);
  const names = imageSet?.labelNames ?? [];
  const what = snapshot.mapIs === 'code' ? 'The codes' : 'The codes on their first two principal components';
  const ours = mapFigure(snapshot.map, labels, names, `${what}, epoch ${snapshot.epoch}`);
  const theirs = baseline === undefined ? undefined : mapFigure(baseline.map, labels, names, 'PCA of the pixels');
  return markup`<h2>Map of test images</h2><div class="side">${theirs}${ours}</div>`;
}

function settings({ record }: ReportContents): Markup {
  const rows = [...experimentSettings(record.experiment)].map(([path, value]) => [settingWords(path), value]);
  const { path } = record;
  if (path !== undefined)
    rows.push(['Training path', `${path.kind}${path.threads === undefined ? '' : `, ${path.threads} threads`}`]);
  return markup`<h2>Settings</h2>${table(['Setting', 'Value'], rows, 'settings')}`;
}

function metricsTable(metrics: readonly EpochMetrics[]): Markup {
  if (metrics.length === 0) return new Markup('');
  const stride = Math.max(1, (metrics.length - 1) / (MOST_ROWS - 1));
  const count = Math.min(MOST_ROWS, metrics.length);
  const shown = Array.from({ length: count }, (_, row) => metrics[Math.round(row * stride)]!);
  const cell = (value: number | undefined) => (value === undefined ? '–' : figure(value));
  const rows = shown.map((epoch) => [
    String(epoch.epoch),
    cell(epoch.trainingCost),
    cell(epoch.validationMse),
    cell(epoch.validationSquaredError),
    cell(epoch.learningRate),
    epoch.secondsSinceStart.toFixed(1),
  ]);
  const head = [
    'Epoch',
    'Training cost',
    'Validation MSE per pixel',
    'Validation squared error per image',
    'Learning rate',
    'Time (s)',
  ];
  const chosen =
    count < metrics.length
      ? markup`<p class="muted">${count} of ${metrics.length} epochs, evenly chosen.</p>`
      : undefined;
  return markup`<h2>Epochs</h2>${chosen}${table(head, rows, 'epochs')}`;
}
