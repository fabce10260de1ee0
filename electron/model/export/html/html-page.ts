import { createHash } from 'node:crypto';
import { Markup, markup } from '../../../domain/markup.ts';
import { labelColours } from '../../../domain/label-colours.ts';
import type { Preparation } from '../../../contract/import-options.ts';
import type { ExportedModel } from '../exported-model.ts';
import { inspectionJson, inspectionScript } from '../inspection/inspection-javascript.ts';
import { networkJson, weightsIn } from '../network-json.ts';
import type { ModelMap } from '../model-map.ts';
import { networkSource } from './network-source.ts';
import { pageSource } from './page-source.ts';
import { pageStyle } from './page-style.ts';
import { pictureScript } from './picture-script.ts';

/** Pixels on the screen that images should take: the decoded one, and those beside each other. */
const DECODED_SIDE = 224;
const SMALL_SIDE = 112;

/**
 * The whole page: markup, style, scripts and the model. Its policy lets nothing but these scripts run and nothing be fetched, so
 * that what is drawn or dropped stays in the page.
 */
export function htmlPage(model: ExportedModel): string {
  const { spec, origin, map } = model;
  const [height, width] = spec.inputShape;
  const name = origin.experiment?.name ?? 'Autoencoder';
  const shown = (side: number): number => Math.max(1, Math.floor(side / Math.max(width, height))) * width;
  const style = `${pageStyle}.picture { width: ${shown(SMALL_SIDE)}px; }\n#decoded { width: ${shown(DECODED_SIDE)}px; }\n`;
  const scripts = [
    ['network', networkSource],
    ...(model.verdict === undefined ? [] : [['inspection', inspectionScript] as const]),
    ['pictures', pictureScript],
    ['page', pageSource],
  ] as const;
  const policy = [
    `default-src 'none'`,
    `script-src ${scripts.map(([, source]) => hashOf(source)).join(' ')}`,
    `style-src ${hashOf(style)}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${bodyOf(name, model, map)}
<script type="application/json" id="model">${new Markup(inScript(JSON.stringify(contentOf(model))))}</script>
${scripts.map(([id, source]) => markup`<script id="${id}">${new Markup(source)}</script>\n`)}</body>
</html>
`.toString();
}

function bodyOf(name: string, { spec, origin, verdict }: ExportedModel, map: ModelMap | undefined): Markup {
  const [height, width] = spec.inputShape;
  const points =
    map === undefined
      ? 'The image set was not there when the page was written, and so the map has no points.'
      : `${map.points.x.length.toLocaleString('en')} test images of ${origin.imageSet?.name ?? 'the image set'}${
          spec.code.size > 2 ? ', on the first two principal axes of the codes' : ''
        }.`;
  return markup`<header>
<h1>${name}</h1>
<p>An autoencoder: ${width} × ${height} pixels → a code of ${spec.code.size} numbers → ${width} × ${height} pixels.</p>
<p class="muted">Everything is computed in this page, written by Autoencoder Studio${
    origin.appVersion === undefined ? '' : ` ${origin.appVersion}`
  }. It fetches nothing and sends nothing.</p>
</header>
<main>
<section aria-labelledby="map-title">
<h2 id="map-title">Map of the codes</h2>
<canvas id="map" width="640" height="640" tabindex="0" role="application" aria-label="Map of the codes: click, or move the point by the arrow keys, to decode"></canvas>
<p class="muted">${points} Click or drag to see what the decoder makes of a place.</p>
<ul aria-label="Labels">${legend(map)}</ul>
</section>
<div class="side">
<section aria-labelledby="decoded-title">
<h2 id="decoded-title">Decoded</h2>
<canvas id="decoded" class="picture" role="img" aria-label="What the decoder makes of the code"></canvas>
<div id="sliders"></div>
<p id="more" class="muted"></p>
</section>
<section aria-labelledby="draw-title">
<h2 id="draw-title">Reconstruct</h2>
<div class="draw">
<figure><canvas id="pad" width="280" height="280" role="img" aria-label="Draw here with the pointer"></canvas><figcaption>Draw here <button id="clear" type="button">Clear</button></figcaption></figure>
<figure><canvas id="given" class="picture" role="img" aria-label="What the model sees"></canvas><figcaption>Seen</figcaption></figure>
<figure><canvas id="reconstruction" class="picture" role="img" aria-label="Its reconstruction"></canvas><figcaption>Reconstructed</figcaption></figure>
${whereFigure(verdict)}</div>
<p><label>Or drop a picture anywhere, or choose one: <input id="file" type="file" accept="image/*"></label></p>
<p><label><input id="invert" type="checkbox"> Exchange bright and dark of pictures</label></p>
<p id="said" role="status"></p>
${verdict === undefined ? '' : markup`<p id="verdict" role="status"></p>\n`}</section>
</div>
</main>`;
}

function whereFigure(verdict: ExportedModel['verdict']): Markup | string {
  if (verdict === undefined || verdict.rule.mapThreshold === null) return '';
  return markup`<figure><canvas id="where" class="picture" role="img" aria-label="Where it is odd: white reaches twice the threshold"></canvas><figcaption>Odd where</figcaption></figure>\n`;
}

function legend(map: ModelMap | undefined): readonly Markup[] {
  if (map === undefined || map.labels.length === 0) return [];
  return map.labelNames.map((label, index) => {
    const colour = labelColours[index % labelColours.length];
    return markup`<li><svg viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5" fill="${colour}"/></svg>${label}</li>`;
  });
}

/** What the scripts work on. */
function contentOf({ spec, described, origin, map, verdict }: ExportedModel): Record<string, unknown> {
  const parts = [described.encoder, described.decoder];
  return {
    ...networkJson({ parts }),
    shape: spec.inputShape,
    weights: weightsIn(parts).map(({ name, shape, data }) => ({ name, shape, base64: base64Of(data) })),
    map: mapContent(map, spec.code.size),
    manner: mannerOf(origin.imageSet?.preparation),
    ...(verdict === undefined ? {} : { inspection: inspectionJson(verdict, spec) }),
  };
}

function mapContent(map: ModelMap | undefined, codeSize: number): Record<string, unknown> {
  const unit = (axis: number): number[] => Array.from({ length: codeSize }, (_, at) => (at === axis ? 1 : 0));
  if (map === undefined) {
    const plane = { origin: unit(-1), axes: [unit(0), unit(1)], x: [], y: [], labels: [] };
    return { ...plane, frame: [-3, -3, 3, 3], units: unit(0).map(() => [-3, 3]), colours: labelColours };
  }
  const { plane, points, labels, units, example } = map;
  const short = (values: ArrayLike<number>): number[] => Array.from(values, (value) => Number(value.toPrecision(5)));
  const [left, right] = rangeOf(points.x);
  const [bottom, top] = rangeOf(points.y);
  return {
    origin: Array.from(plane.origin),
    axes: plane.axes.map((axis) => Array.from(axis)),
    x: short(points.x),
    y: short(points.y),
    labels: Array.from(labels),
    example: Buffer.from(example).toString('base64'),
    frame: [left, bottom, right, top],
    units: Array.from(units.least, (least, index) => [least, units.most[index]]),
    colours: labelColours,
  };
}

/** From least to most, with some room; never empty. */
function rangeOf(values: Float32Array): readonly [number, number] {
  const [least, most] = values.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  );
  if (!(most > least)) return [(Number.isFinite(least) ? least : 0) - 1, (Number.isFinite(least) ? least : 0) + 1];
  const room = (most - least) / 20;
  return [least - room, most + room];
}

function mannerOf(preparation: Preparation | undefined): Pick<Preparation, 'fit' | 'background' | 'invert' | 'centre'> {
  const { fit, background, invert, centre } = preparation ?? {
    fit: 'contain',
    background: '#000000',
    invert: false,
    centre: false,
  };
  return { fit, background, invert, centre };
}

const base64Of = (data: Float32Array): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');

/** As a policy names what may run. */
const hashOf = (source: string): string => `'sha256-${createHash('sha256').update(source).digest('base64')}'`;

/** Nothing in a script's text may end it. */
const inScript = (json: string): string => json.replaceAll('<', '\\u003c');
