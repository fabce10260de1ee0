import type { Inspection } from '../../contract/inspection.ts';
import { logTicks } from '../../domain/log-ticks.ts';
import { Markup, markup } from '../../domain/markup.ts';
import {
  atThreshold,
  judge,
  knownScores,
  oddByGroup,
  separationOf,
  type Judged,
} from '../../domain/inspection/judged.ts';
import type { Interval } from '../../domain/inspection/ranking.ts';
import { axisOf, binsOf, shareAt, type ScoreAxis } from '../../domain/inspection/score-axis.ts';
import { scoreWords } from '../../domain/inspection/scores.ts';
import { thresholdWords } from '../../domain/inspection/threshold.ts';
import { ticksFor } from './curves.ts';
import { figure, table } from './markup.ts';

const WIDTH = 940;
const HALF = 90;
const AXIS = 24;
const MARGIN = 8;
const BINS = 60;

/** How well the run's model tells odd pictures apart, as they were last checked with it. */
export function oddOnes(inspection: Inspection): Markup {
  const { settings, inspectedAt, names, problems, pixels, region, tiles } = inspection;
  const judged = judge(inspection, settings);
  if (judged === undefined) return new Markup('');
  const { threshold, fit, moved, score, why } = settings;
  const { separation, groups } = separationOf(judged, fit.rate);
  const known = atThreshold(judged, threshold);
  const { from } = knownScores(judged);
  const above = oddByGroup(judged, threshold);
  const called = [...above.values()].reduce((sum, count) => sum + count, 0);
  const normal = from === 'checked' ? 'normal' : 'held-out normal';
  const rows = [
    ['Called odd', of(called, names.length)],
    ...(known.odd > 0 ? [['Caught', `${of(known.caught, known.odd)} odd ones`]] : []),
    ...(known.normal > 0 ? [['False alarms', `${of(known.falseAlarms, known.normal)} ${normal}`]] : []),
    ...(separation === undefined
      ? []
      : [
          ['AUROC (95 % interval)', intervalWords(separation.auroc)],
          ['Average precision', decimals(separation.averagePrecision)],
          ['Best F1', `${decimals(separation.bestF1.f1)} at ${figure(separation.bestF1.threshold)}`],
          [
            `Caught, at most ${percent(separation.atRate.rate)} false alarms`,
            `${of(separation.atRate.caught, separation.atRate.odd)} at ${figure(separation.atRate.threshold)}`,
          ],
        ]),
    ...(pixels === undefined
      ? []
      : [
          ['Pixel AUROC', decimals(pixels.auroc)],
          ['PRO at up to 30 % false alarms by pixel', decimals(pixels.pro)],
        ]),
  ];
  const byGroup = groups.map(({ group, pictures, unscored, auroc }) => {
    // Of the folder, whatever some of its pictures are marked as.
    const truth = settings.truths[group] ?? 'unknown';
    return [
      group === '' ? 'no folder' : group,
      truth === 'unknown' ? 'not known' : truth,
      String(pictures),
      String(above.get(group) ?? 0),
      truth === 'odd' ? decimals(auroc) : '–',
      String(unscored),
    ];
  });
  const marked = settings.marks.filter(({ mark }) => mark !== undefined).length;
  const sentences = [
    `${names.length.toLocaleString('en')} pictures, checked ${inspectedAt.slice(0, 16).replace('T', ' ')} UTC.`,
    problems.length === 0 ? '' : `${problems.length} more could not be read.`,
    `${scoreWords[score].name}: ${scoreWords[score].sentence} ${why}`,
    tiles === undefined ? '' : `Judged by tiles of ${tiles.side} pixels: each is as odd as its worst tile.`,
    moved ? 'The threshold was set by hand.' : thresholdWords(fit, tiles === undefined ? 'picture' : 'tile'),
    marked === 0 ? '' : `${marked} marked by hand, which has the last word over the score.`,
    from === 'held-out' && separation !== undefined
      ? 'No checked picture is known to be normal: held-out ones stand for them.'
      : '',
    region === undefined ? '' : 'Only a part of each picture counted.',
    pixels === undefined || pixels.score === score
      ? ''
      : `The figures by pixel are of the map of “${scoreWords[pixels.score].name}”.`,
  ];
  return markup`<h2>Odd ones</h2>
<p class="muted">${sentences.filter((sentence) => sentence !== '').join(' ')}</p>
${histogram(judged, threshold)}
${table(['', ''], rows, 'odd')}
${table(['Folder', 'Known to be', 'Pictures', 'Called odd', 'AUROC', 'No score'], byGroup, 'odd-groups')}`;
}

/** Normal pictures (and those nobody knows) upwards, odd ones downwards; the threshold as a line. */
function histogram(judged: Judged, threshold: number): Markup {
  const axis = axisOf([...judged.scores, ...judged.heldOut, threshold]);
  const bins = binsOf(axis, judged, BINS);
  const most = bins.reduce((top, { normal, unknown, odd }) => Math.max(top, normal + unknown, odd), 1);
  const hasOdd = bins.some(({ odd }) => odd > 0);
  const height = MARGIN + HALF + (hasOdd ? HALF : 0) + AXIS;
  const bottom = height - AXIS;
  const wide = (WIDTH - 2 * MARGIN) / BINS;
  const bar = (kind: string, bin: number, first: number, count: number, direction: 1 | -1) => {
    if (count === 0) return undefined;
    const [size, from] = [(count / most) * (HALF - 6), (first / most) * (HALF - 6)];
    const top = MARGIN + HALF + (direction === 1 ? from : -from - size);
    return markup`<rect class="${kind}" x="${(MARGIN + bin * wide).toFixed(1)}" y="${top.toFixed(1)}" width="${(wide - 1).toFixed(1)}" height="${size.toFixed(1)}"><title>${count} ${kind}</title></rect>`;
  };
  const bars = bins.map(
    ({ normal, unknown, odd }, at) =>
      markup`${bar('normal', at, 0, normal, -1)}${bar('unknown', at, normal, unknown, -1)}${bar('odd', at, 0, odd, 1)}`,
  );
  const place = (score: number): string => (MARGIN + shareAt(axis, score) * (WIDTH - 2 * MARGIN)).toFixed(1);
  const ticks = ticksOf(axis).map(
    (tick) => markup`<text x="${place(tick)}" y="${height - 7}" text-anchor="middle">${figure(tick)}</text>`,
  );
  const keys = [
    ['normal', bins.some(({ normal }) => normal > 0)],
    ['unknown', bins.some(({ unknown }) => unknown > 0)],
    ['odd', hasOdd],
  ] as const;
  const words = { normal: 'normal', unknown: 'not known', odd: 'odd' };
  const label = `Pictures by score, threshold ${figure(threshold)}`;
  return markup`<figure><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
${bars}<line class="rule" x1="${MARGIN}" x2="${WIDTH - MARGIN}" y1="${MARGIN + HALF}" y2="${MARGIN + HALF}"/>
<line class="threshold" x1="${place(threshold)}" x2="${place(threshold)}" y1="${MARGIN}" y2="${bottom}"/>${ticks}
</svg><figcaption>${keys.map(([kind, is]) => (is ? markup`<span class="patch ${kind}"></span>${words[kind]} ` : undefined))}
<span class="patch threshold"></span>threshold ${figure(threshold)}, above it odd; pictures by score${axis.isLog ? ', logarithmic axis' : ''}</figcaption></figure>`;
}

function ticksOf(axis: ScoreAxis): readonly number[] {
  const { isLog, least, most } = axis;
  if (isLog) return logTicks(least, most);
  return ticksFor(least, most, 'linear').filter((tick) => tick >= least && tick <= most);
}

const of = (part: number, whole: number): string => `${part.toLocaleString('en')} of ${whole.toLocaleString('en')}`;
const decimals = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : '–');
const intervalWords = ({ value, low, high }: Interval): string =>
  `${decimals(value)} (${decimals(low)}–${decimals(high)})`;
const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
