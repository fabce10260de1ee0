/** Strengths of lines in plain JavaScript: a part of the inspection script, whose functions it calls. */
export const linesScript = `
/** Rows of weights, one a place: waves under a Gaussian around it, the ends mirrored, and the same waves a quarter of their length on. */
function looks(length, middles, deviation, frequency) {
  const reach = Math.max(1, Math.ceil(3 * deviation));
  const taps = Array.from({ length: 2 * reach + 1 }, (_, at) => at - reach);
  const weights = taps.map((tap) => Math.exp(-(tap ** 2) / (2 * deviation ** 2)));
  const all = sumOf(weights);
  const rows = (wave) =>
    middles.map((middle) => {
      const row = new Float64Array(length);
      taps.forEach((tap, at) => {
        const place = (((middle + tap) % (2 * length)) + 2 * length) % (2 * length);
        row[place < length ? place : 2 * length - 1 - place] += (weights[at] / all) * wave(frequency * tap);
      });
      return row;
    });
  return [rows(Math.cos), rows(Math.sin)];
}

/** How strong lines of three sizes and six directions are around places (Gabor filters): [rows][columns] of 18 logarithms. */
function lineStrengths(pixels, [height, width, channels]) {
  const mean = meanOf(pixels);
  const grey = Array.from({ length: height }, (_, y) =>
    Float64Array.from({ length: width }, (__, x) => meanOf(pixels.slice((y * width + x) * channels, (y * width + x + 1) * channels)) - mean),
  );
  const products = (rows, others) => rows.map((row) => Float64Array.from(others, (other) => dot(other, 0, row)));
  const filtered = (down, across, rows) => products(down, products(across, rows));
  const every = (first, step, end) => Array.from({ length: Math.floor((end - 1 - first) / step) + 1 }, (_, at) => first + step * at);
  const times = Math.max(1, Math.round(Math.min(height, width) / 64));
  const places = (length) => every(Math.min(2 * times, length - 1), 4 * times, length);
  const planes = [4, 8, 16].flatMap((wavelength, size) => {
    const stride = 2 ** size * times;
    const sampled = (length) => every(places(length)[0] % stride, stride, length);
    const pooled = (length) => {
      const samples = sampled(length);
      return looks(samples.length, places(length).map((place) => (place - samples[0]) / stride), (2 * times) / stride, 0)[0];
    };
    const deviation = ((3 * Math.sqrt(Math.LN2 / 2)) / Math.PI) * wavelength;
    const waves = (length, part) => looks(length, sampled(length), deviation, ((2 * Math.PI) / wavelength) * part);
    const around = [pooled(height), pooled(width)];
    return [0, 1, 2, 3, 4, 5].map((direction) => {
      const angle = (Math.PI * direction) / 6;
      const [[even, uneven], [evenDown, unevenDown]] = [waves(width, Math.cos(angle)), waves(height, Math.sin(angle))];
      const [cc, ss, cs, sc] = [[evenDown, even], [unevenDown, uneven], [unevenDown, even], [evenDown, uneven]].map((pair) =>
        filtered(...pair, grey),
      );
      const strengths = cc.map((row, y) => row.map((value, x) => Math.hypot(value - ss[y][x], cs[y][x] + sc[y][x])));
      return filtered(...around, strengths).map((row) => row.map((value) => Math.log(value + 1e-3)));
    });
  });
  return planes[0].map((row, y) => Array.from(row, (_, x) => planes.map((plane) => plane[y][x])));
}

/** The distance to the nearest normal pictures at each place, 1 is usual. */
function lineMap(arrays, pixels, shape) {
  const [known, deviation, usual] = ['known', 'deviation', 'usual'].map((name) => arrays[\`lines.\${name}\`].data);
  const [rows, columns, count, size] = arrays['lines.known'].shape;
  const strengths = lineStrengths(pixels, shape);
  const values = Float64Array.from({ length: rows * columns }, (_, place) => {
    const own = strengths[Math.floor(place / columns)][place % columns].map((value, at) => value / deviation[place * size + at]);
    return nearest(known, own, 3, place * count * size, (place + 1) * count * size) / usual[place];
  });
  return resized(values, rows, columns, shape[0], shape[1]);
}
`;
