import type { StudioApi } from '../../../electron/contract/contract.ts';
import type { CodeMap, ModelRef } from '../../../electron/contract/models.ts';
import { shortApart } from '../../../electron/domain/short-numbers.ts';
import { StudioError, unwrap } from '../../../electron/domain/errors.ts';
import type { ModelSpec } from '../../../electron/domain/experiment.ts';
import type { MapColumns, RunSummary } from '../../../electron/domain/words.ts';
import type { Figure } from '../../charts/figure/figure.ts';
import { planeFigure, type ColourScale } from '../../charts/figure/plane-figure.ts';
import { gradientColours } from '../../charts/map/gradients.ts';
import { hexOfPacked } from '../../charts/map/packed-colours.ts';
import { fitted } from '../../charts/map/view.ts';
import { innerLimits, type Limits } from '../../maths/scatter-geometry.ts';
import { gathered } from '../../maths/align.ts';
import type { Latent } from './latent.svelte.ts';
import { measuredMap } from './measured-map.ts';
import { paperFigure } from '../../run/paper-figure.ts';
import type { ErrorWords } from '../../widgets/error-unit.ts';

/** The paper's figure of the model on view as it is asked for: the fixed subset of the test images, whichever split is shown. */
export async function paperFigureOf(latent: Latent): Promise<Figure> {
  const {
    explorer,
    record,
    colouring: { palette },
  } = latent;
  const { api, model, details, imageSet } = explorer;
  const { split, map: shownMap } = explorer;
  if (!model || !details || !record) throw new StudioError('not-found', 'Expected an opened model, found none.');
  const validationCount = record.experiment.training.validationCount;
  const { subset, map } = unwrap(await api.call('image-set:baseline', { imageSet: details.imageSet, validationCount }));
  const whole = split === 'test' && shownMap ? shownMap : await testMap(api, model);
  return paperFigure({
    title: titleOf(imageSet?.name ?? '', record.summary, subset.indices, whole.squaredErrors, explorer.errors),
    panels: [
      { caption: 'First two principal components of the pixels', points: map },
      {
        caption: codesAre(details.spec, whole.mapIs),
        points: gathered(whole.points, subset.indices),
      },
    ],
    labels: subset.labels,
    labelNames: imageSet?.labelNames ?? [],
    palette,
  });
}

async function testMap(api: StudioApi, model: ModelRef): Promise<CodeMap> {
  const points = unwrap(await api.call('model:points', { model, split: 'test' }));
  return unwrap(await measuredMap(api, model, 'test', points));
}

function titleOf(
  set: string,
  { name, epochsDone }: Pick<RunSummary, 'name' | 'epochsDone'>,
  indices: Uint32Array,
  errors: Float32Array,
  { short, show }: ErrorWords,
): string {
  const mean = errors.reduce((sum, error) => sum + error, 0) / Math.max(1, errors.length);
  return (
    `${set}: ${indices.length.toLocaleString('en')} test images · ${name}, ${epochsDone} epochs · ` +
    `${short} ${show(mean)} per test image`
  );
}

function codesAre({ encoder, inputShape, code: { size } }: ModelSpec, mapIs: 'code' | 'principal-plane'): string {
  const pixels = inputShape.reduce((product, side) => product * side, 1);
  const widths = encoder.flatMap((layer) => ('units' in layer ? [layer.units] : []));
  const shape = widths.length > 0 ? ` (${[pixels, ...widths, size].join('-')})` : '';
  return mapIs === 'code'
    ? `Codes of the autoencoder${shape}`
    : `${size}-D codes${shape} on their two principal components`;
}

export type MapAxes = readonly [x: string, y: string];

/** What the axes of the code map are. */
export const codeAxes = (mapIs: 'code' | 'principal-plane'): MapAxes =>
  mapIs === 'code'
    ? ['code unit 1', 'code unit 2']
    : ['first principal component of the codes', 'second principal component of the codes'];

interface ShownMap {
  readonly title: string;
  readonly note: string;
  readonly axes: MapAxes;
  readonly points: MapColumns;
  /** The part of the plane on view; all of it where none is. */
  readonly limits: Limits | undefined;
  readonly letters: readonly { readonly x: number; readonly y: number; readonly text: string }[];
}

/** One of the maps as it stands on screen: its view, colours, hidden classes and selection. */
export function mapFigureOf(latent: Latent, { points, letters, limits: onView, ...plane }: ShownMap): Figure {
  const { colouring, colours, raised, equal } = latent;
  const limits = onView ?? fitted(innerLimits(points), { width: 760, height: 760 }, equal);
  const classes = colouring.legend.filter(({ hidden }) => !hidden);
  const scale = scaleOf(latent);
  return planeFigure({
    ...plane,
    limits,
    points: { places: points, colours, raised, letters },
    classes,
    ...(scale && { scale }),
  });
}

function scaleOf({ colouring: { column, scale, gradient } }: Latent): ColourScale | undefined {
  if (column.kind !== 'numbers' || !scale) return undefined;
  const [least, most] = shortApart(scale.least, scale.most).map((end) => end.replace(/^-/, '−'));
  return {
    colours: [...gradientColours(gradient, 32)].map(hexOfPacked),
    least: `${scale.clipped ? '≤ ' : ''}${least}`,
    most: `${scale.clipped ? '≥ ' : ''}${most}`,
    unit: column.unit,
  };
}
