import type { ModelSpec } from '../../../domain/experiment.ts';
import { linesScript } from './lines-javascript.ts';
import type { VerdictRule } from './verdict-rule.ts';

/** inspection.json: the rule, the shape of the model's images, and the arrays by name, float32 in base64. */
export function inspectionJson({ rule, arrays }: VerdictRule, { inputShape }: Pick<ModelSpec, 'inputShape'>): object {
  const base64 = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
    Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  const named = arrays.map(({ name, shape, data }) => [name, { shape, base64: base64(data) }] as const);
  return { ...rule, shape: inputShape, arrays: Object.fromEntries(named) };
}

/** inspection.mjs. */
export const inspectionModule = (): string => `${inspectionScript}
export { judge, readInspection };
`;

/** The app's scores in plain JavaScript, as a classic script too, so that a page can hold them. */
export const inspectionScript = `// Tells odd pictures from normal ones as Autoencoder Studio does.

/** What inspection.json holds, its arrays as numbers. */
function readInspection({ arrays, ...rule }) {
  const numbers = (base64) => new Float32Array(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
  const read = Object.entries(arrays).map(([name, { shape, base64 }]) => [name, { shape, data: numbers(base64) }]);
  return { ...rule, arrays: Object.fromEntries(read) };
}

/**
 * The verdict on one picture: how odd it is, whether that is above the threshold, and where, of scores that say so.
 * @param picture height × width × channels numbers of 0 to 1
 * @param through gives, or promises, what the model makes of such a picture: { code, output }
 */
async function judge(inspection, picture, through) {
  const { score: kind, parts, statistics, threshold } = inspection;
  const views = {};
  const judged = {};
  for (const about of statistics) {
    const evening = about.evening === 'picture' ? 'picture' : 'none';
    if (!views[evening]) {
      const pixels = evening === 'picture' ? evenedPicture(inspection, picture) : Float32Array.from(picture);
      const needs = statistics.some((each) => !['pieces', 'lines', 'variations'].includes(each.kind));
      views[evening] = { pixels, ...(needs ? await through(pixels) : {}) };
    }
    judged[about.kind] = scoreOf(inspection, about, views[evening]);
  }
  const place = ({ kind: part, mean, deviation }) => (Math.log(Math.max(judged[part].score, 1e-12)) - mean) / deviation;
  const exact = kind === 'combined' ? meanOf(parts.map(place)) : judged[kind].score;
  const score = Math.fround(exact);
  const { map } = judged[kind === 'combined' ? 'pieces' : kind] ?? {};
  return { score, odd: score > threshold, ...(map ? { map } : {}) };
}

const sumOf = (values) => values.reduce((sum, value) => sum + value, 0);
const meanOf = (values) => sumOf(values) / values.length;
const meanOfLargest = (values, count) => meanOf(Float64Array.from(values).sort().slice(-count));

/** The picture brought to the brightness and contrast that normal ones have in the mean. */
function evenedPicture({ level }, picture) {
  const mean = meanOf(picture);
  const variance = Math.max(0, sumOf(Float64Array.from(picture, (value) => value * value)) / picture.length - mean * mean);
  const factor = level.deviation / Math.max(Math.sqrt(variance), 0.02);
  return Float32Array.from(picture, (value) => (value - mean) * factor + level.mean);
}

function scoreOf(inspection, about, seen) {
  const { kind } = about;
  const array = (name) => inspection.arrays[name];
  if (kind === 'code-neighbours') return { score: nearest(array('known').data, seen.code, 3) };
  if (kind === 'code-distance') {
    const centred = Array.from(seen.code, (value, unit) => value - array('code-mean').data[unit]);
    const white = centred.map((_, row) => dot(array('code-whitening').data, row * centred.length, centred));
    return { score: meanOf(white.map((value) => value * value)) };
  }
  if (kind === 'variations') return variationsOf(inspection, seen.pixels);
  const map = mapOf(inspection, about, seen);
  const values = inside(inspection, map);
  if (kind === 'squared-error' || kind === 'spread-error') return { score: meanOf(values), map };
  if (kind === 'lines') return { score: worst(values, 0.1), map };
  return { score: kind === 'structure' ? worst(values) : values.reduce((most, value) => Math.max(most, value)), map };
}

const worst = (values, share = 0.01) => meanOfLargest(values, Math.max(1, Math.round(values.length * share)));

/** What counts of a map. */
function inside({ shape: [, columns], window: part }, map) {
  if (!part) return map;
  const within = (at) => {
    const [x, y] = [(at % columns) - part.left, Math.floor(at / columns) - part.top];
    return x >= 0 && x < part.width && y >= 0 && y < part.height;
  };
  return map.filter((_, at) => within(at));
}

function mapOf({ shape, arrays }, { kind, pieces }, { pixels, output }) {
  const [height, width, channels] = shape;
  if (kind === 'pieces') return resized(pieceMap(arrays, pieces, pixels, shape), pieces.rows, pieces.columns, height, width);
  if (kind === 'lines') return lineMap(arrays, pixels, shape);
  const each = Array.from({ length: channels }, (_, channel) => channel);
  if (kind === 'structure') {
    const planes = each.map((channel) => dissimilarity(plane(pixels, channel, shape), plane(output, channel, shape), shape));
    return planes[0].map((_, at) => meanOf(planes.map((values) => values[at])));
  }
  const errors = Float64Array.from({ length: height * width }, (_, at) =>
    meanOf(each.map((channel) => (pixels[at * channels + channel] - output[at * channels + channel]) ** 2)),
  );
  if (kind === 'squared-error') return errors;
  const spread = arrays[\`\${kind}-spread\`].data;
  const inSpreads = errors.map((error, at) => error / spread[at] ** 2);
  return kind === 'spread-error' ? inSpreads : smoothed(inSpreads, height, width, shorter(shape, 48));
}

const shorter = ([height, width], part) => Math.max(1, Math.min(height, width) / part);
const plane = (values, channel, [height, width, channels]) =>
  Float64Array.from({ length: height * width }, (_, at) => values[at * channels + channel]);

/** The inner product of a vector and part of a matrix's values, from a place on. */
function dot(matrix, first, vector) {
  let sum = 0;
  for (let at = 0; at < vector.length; at += 1) sum += matrix[first + at] * vector[at];
  return sum;
}

/** The mean distance to the nearest rows of a range of known values. */
function nearest(known, row, count, from = 0, to = known.length) {
  const squares = [];
  for (let first = from; first < to; first += row.length) {
    let sum = 0;
    for (let at = 0; at < row.length; at += 1) sum += (known[first + at] - row[at]) ** 2;
    if (squares.length < count || sum < squares[squares.length - 1]) {
      squares.push(sum);
      squares.sort((a, b) => a - b);
      squares.length = Math.min(squares.length, count);
    }
  }
  return meanOf(squares.map(Math.sqrt));
}

/** Smoothed with a Gaussian cut off at three deviations, the edges mirrored. */
function smoothed(values, height, width, deviation) {
  const reach = Math.max(1, Math.ceil(3 * deviation));
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-((at - reach) ** 2) / (2 * deviation ** 2)));
  const all = sumOf(weights);
  const along = (given, length, step, other, jump) => {
    const out = new Float64Array(given.length);
    const places = Array.from({ length: length + 2 * reach }, (_, at) => {
      const place = (((at - reach) % (2 * length)) + 2 * length) % (2 * length);
      return place < length ? place : 2 * length - 1 - place;
    });
    for (let line = 0; line < other; line += 1) {
      for (let at = 0; at < length; at += 1) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap += 1) sum += weights[tap] * given[line * jump + places[at + tap] * step];
        out[line * jump + at * step] = sum / all;
      }
    }
    return out;
  };
  return along(along(values, width, 1, height, width), height, width, width, 1);
}

/** Another size of a plane: between the middles of its cells linearly. */
function resized(values, rows, columns, height, width) {
  const between = (at, from, to) => {
    const place = Math.min(from - 1, Math.max(0, ((at + 0.5) * from) / to - 0.5));
    const first = Math.floor(place);
    return [first, Math.min(from - 1, first + 1), place - first];
  };
  return Float64Array.from({ length: height * width }, (_, at) => {
    const [top, bottom, low] = between(Math.floor(at / width), rows, height);
    const [left, right, far] = between(at % width, columns, width);
    const mixed = (row) => values[row * columns + left] * (1 - far) + values[row * columns + right] * far;
    return mixed(top) * (1 - low) + mixed(bottom) * low;
  });
}

/** 1 - SSIM in Gaussian windows. */
function dissimilarity(one, other, [height, width]) {
  const window = (values) => smoothed(values, height, width, 1.5);
  const times = (a, b) => a.map((value, at) => value * b[at]);
  const [mean, second, aa, bb, ab] = [one, other, times(one, one), times(other, other), times(one, other)].map(window);
  return mean.map((a, at) => {
    const b = second[at];
    const [varianceA, varianceB] = [Math.max(0, aa[at] - a * a), Math.max(0, bb[at] - b * b)];
    const top = (2 * a * b + 0.01 ** 2) * (2 * (ab[at] - a * b) + 0.03 ** 2);
    return 1 - top / ((a * a + b * b + 0.01 ** 2) * (varianceA + varianceB + 0.03 ** 2));
  });
}

function pieceMap(arrays, { side, stride, rows, columns, local }, pixels, [, width, channels]) {
  const [mean, filters, known, usual, deviation] = ['mean', 'filters', 'known', 'distance-mean', 'distance-deviation'].map(
    (name) => arrays[\`pieces-\${name}\`].data,
  );
  const [size, length] = arrays['pieces-filters'].shape;
  const own = known.length / (rows * columns);
  const values = Float64Array.from({ length: rows * columns }, (_, place) => {
    const first = (Math.floor(place / columns) * stride * width + (place % columns) * stride) * channels;
    const cut = Float64Array.from({ length }, (__, at) => {
      const row = Math.floor(at / (side * channels));
      return pixels[first + row * width * channels + (at % (side * channels))];
    });
    const middle = local ? meanOf(cut) : 0;
    const contrast = local ? Math.sqrt(Math.max(0, meanOf(cut.map((value) => value * value)) - middle * middle)) + 0.02 : 1;
    const piece = cut.map((value, at) => (value - middle) / contrast - mean[at]);
    const features = Float64Array.from({ length: size }, (__, filter) => dot(filters, filter * length, piece));
    const distance = nearest(known, features, 3, place * own, (place + 1) * own);
    return Math.max(0.01, 1 + (distance - usual[place]) / deviation[place] / 4);
  });
  return smoothed(values, rows, columns, 1);
}

/** Each pixel in deviations from the mean around it, by channel. */
function evenedAround(pixels, shape) {
  const [height, width, channels] = shape;
  const out = new Float64Array(pixels.length);
  for (let channel = 0; channel < channels; channel += 1) {
    const values = plane(pixels, channel, shape);
    const means = smoothed(values, height, width, shorter(shape, 8));
    const centred = values.map((value, at) => value - means[at]);
    const squares = smoothed(centred.map((value) => value * value), height, width, shorter(shape, 8));
    centred.forEach((value, at) => (out[at * channels + channel] = value / (Math.sqrt(Math.max(0, squares[at])) + 0.02)));
  }
  return out;
}
${linesScript}
function variationsOf(inspection, pixels) {
  const { shape, arrays } = inspection;
  const array = (name) => arrays[\`variations.\${name}\`];
  const [whole, around] = [
    unexplained(array, 'whole', pixels, shape),
    unexplained(array, 'around', evenedAround(pixels, shape), shape),
  ];
  const lines = lineMap(arrays, pixels, shape);
  const [, codeSize] = array('known').shape;
  const code = whole.code.slice(0, codeSize);
  const spreads = code.slice(0, 8).map((value, at) => value ** 2 / array('whole.variances').data[at]);
  const parts = [
    nearest(array('known').data, code, 3),
    meanOf(spreads),
    worst(inside(inspection, whole.map)),
    worst(inside(inspection, around.map)),
    worst(inside(inspection, lines), 0.1),
  ];
  const [mean, deviation] = [array('parts.mean').data, array('parts.deviation').data];
  const above = parts.map((part, at) => Math.max(0, 2 + (Math.log(Math.max(part, 1e-12)) - mean[at]) / deviation[at]) ** 2);
  const map = whole.map.map((value, at) => (value + around.map[at] + lines[at] ** 2) / 3);
  return { score: Math.max(0.05, Math.sqrt(meanOf(above))), map };
}

/** Coordinates along the principal components, and what they leave: squared, smoothed, 1 is usual. */
function unexplained(array, view, pixels, shape) {
  const [height, width, channels] = shape;
  const components = array(\`\${view}.components\`);
  const [count, size] = components.shape;
  const mean = array(\`\${view}.mean\`).data;
  const left = Float64Array.from(pixels, (value, at) => value - mean[at]);
  const code = Array.from({ length: count }, (_, component) => dot(components.data, component * size, left));
  code.forEach((coordinate, component) => {
    for (let at = 0; at < size; at += 1) left[at] -= coordinate * components.data[component * size + at];
  });
  const squares = Float64Array.from({ length: height * width }, (_, at) =>
    meanOf(Array.from(left.subarray(at * channels, (at + 1) * channels), (value) => value * value)),
  );
  const usual = array(\`\${view}.usual\`).data;
  return { code, map: smoothed(squares, height, width, shorter(shape, 25)).map((value, at) => value / usual[at]) };
}
`;
