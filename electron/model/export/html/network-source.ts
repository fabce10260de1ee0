/** The page's own inference: a classic script, so that it runs from a disk too, and in the verify script under Node. */
export const networkSource = `'use strict';

/** Float32 numbers, little-endian, of base64. */
function floatsOf(base64) {
  const text = atob(base64);
  return new Float32Array(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
}

/** What the page carries: weights by name become { shape, data }. */
function readModel(json) {
  const model = JSON.parse(json);
  const weights = {};
  for (const { name, shape, base64 } of model.weights) weights[name] = { shape, data: floatsOf(base64) };
  return { ...model, weights };
}

/** One image [height × width × channels, in 0 to 1] or one code through the encoder or the decoder. */
function runPart(model, part, values) {
  return runSteps(model.parts[part].steps, Float64Array.from(values), model.weights);
}

const runSteps = (steps, values, weights) => steps.reduce((x, step) => STEPS[step.kind](step, x, weights), values);

/** A result of this many values, each beginning with its unit's bias. */
function fromBias(step, weights, units, count) {
  const bias = step.bias === undefined ? undefined : weights[step.bias].data;
  const result = new Float64Array(count);
  if (bias) for (let index = 0; index < count; index += 1) result[index] = bias[index % units];
  return result;
}

const countOf = (shape) => shape.reduce((product, size) => product * size, 1);

/** Calls back with each place of the result, each place its window sees in the image, and which of the window's that is. */
function eachSeen(step, [high, wide], stride, visit) {
  const [height, width] = step.inputShape;
  const [rows, columns] = step.shape;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      for (let place = 0; place < high * wide; place += 1) {
        const y = row * stride + Math.floor(place / wide) - step.padding.top;
        const x = column * stride + (place % wide) - step.padding.left;
        if (y >= 0 && y < height && x >= 0 && x < width) visit(row * columns + column, y * width + x, place);
      }
    }
  }
}

const STEPS = {
  flatten: (step, x) => x,

  reshape: (step, x) => x,

  dense(step, x, weights) {
    const { data, shape: [inputs, units] } = weights[step.kernel];
    const result = fromBias(step, weights, units, units);
    for (let input = 0; input < inputs; input += 1) {
      for (let unit = 0; unit < units; unit += 1) result[unit] += x[input] * data[input * units + unit];
    }
    return result;
  },

  conv(step, x, weights) {
    const { data, shape: [high, wide, inputs, outputs] } = weights[step.kernel];
    const result = fromBias(step, weights, outputs, countOf(step.shape));
    eachSeen(step, [high, wide], step.stride, (to, from, place) => {
      for (let input = 0; input < inputs; input += 1) {
        const value = x[from * inputs + input];
        const row = (place * inputs + input) * outputs;
        for (let output = 0; output < outputs; output += 1) result[to * outputs + output] += value * data[row + output];
      }
    });
    return result;
  },

  'conv-transpose'(step, x, weights) {
    const { data, shape: [high, wide, outputs, inputs] } = weights[step.kernel];
    const [height, width] = step.inputShape;
    const [rows, columns] = step.shape;
    const result = fromBias(step, weights, outputs, countOf(step.shape));
    for (let from = 0; from < height * width; from += 1) {
      for (let place = 0; place < high * wide; place += 1) {
        const row = Math.floor(from / width) * step.stride + Math.floor(place / wide) - step.top;
        const column = (from % width) * step.stride + (place % wide) - step.left;
        if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
        const to = (row * columns + column) * outputs;
        for (let output = 0; output < outputs; output += 1) {
          const kernel = (place * outputs + output) * inputs;
          for (let input = 0; input < inputs; input += 1) result[to + output] += x[from * inputs + input] * data[kernel + input];
        }
      }
    }
    return result;
  },

  'batch-norm'(step, x, weights) {
    const of = (name) => weights[step[name]].data;
    const [scale, shift, mean, variance] = [of('scale'), of('shift'), of('mean'), of('variance')];
    return x.map((value, index) => {
      const unit = index % scale.length;
      return ((value - mean[unit]) / Math.sqrt(variance[unit] + step.epsilon)) * scale[unit] + shift[unit];
    });
  },

  activation: (step, x) => x.map((value) => ACTIVATIONS[step.activation](value, step.slope)),

  pool(step, x) {
    const channels = step.shape[2];
    const result = new Float64Array(countOf(step.shape)).fill(step.method === 'max' ? -Infinity : 0);
    const seen = new Float64Array(result.length);
    eachSeen(step, [step.size, step.size], step.stride, (to, from) => {
      for (let channel = 0; channel < channels; channel += 1) {
        const [place, value] = [to * channels + channel, x[from * channels + channel]];
        result[place] = step.method === 'max' ? Math.max(result[place], value) : result[place] + value;
        seen[place] += 1;
      }
    });
    return step.method === 'max' ? result : result.map((sum, place) => sum / seen[place]);
  },

  upsample(step, x) {
    const [rows, columns, channels] = step.shape;
    const [height, width] = step.inputShape;
    // The two rows, or columns, that a place lies between, and how far it is from the first.
    const between = (at, size) => {
      const places = {
        nearest: Math.floor(at / step.size),
        bilinear: (at + 0.5) / step.size - 0.5,
        'bilinear-corners': (at * (size - 1)) / (size * step.size - 1),
      };
      const place = places[step.method];
      const within = (row) => Math.min(Math.max(row, 0), size - 1);
      return [within(Math.floor(place)), within(Math.ceil(place)), place - Math.floor(place)];
    };
    return new Float64Array(countOf(step.shape)).map((_, index) => {
      const place = Math.floor(index / channels);
      const [top, bottom, down] = between(Math.floor(place / columns), height);
      const [left, right, across] = between(place % columns, width);
      const at = (row, column) => x[(row * width + column) * channels + (index % channels)];
      const mixed = (row) => at(row, left) * (1 - across) + at(row, right) * across;
      return mixed(top) * (1 - down) + mixed(bottom) * down;
    });
  },

  depthwise(step, x, weights) {
    const { data, shape: [high, wide, channels] } = weights[step.kernel];
    const result = new Float64Array(countOf(step.shape));
    eachSeen(step, [high, wide], step.stride, (to, from, place) => {
      for (let channel = 0; channel < channels; channel += 1) {
        result[to * channels + channel] += x[from * channels + channel] * data[place * channels + channel];
      }
    });
    return result;
  },

  'layer-norm': (step, x, weights) => normalised(step, x, weights, step.shape[step.shape.length - 1], 1),

  'group-norm': (step, x, weights) => normalised(step, x, weights, x.length, step.groups),

  prelu(step, x, weights) {
    const { data } = weights[step.alpha];
    return x.map((value, index) => (value < 0 ? data[index % data.length] * value : value));
  },

  'global-pool'(step, x) {
    const [channels] = step.shape;
    const result = new Float64Array(channels).fill(step.method === 'max' ? -Infinity : 0);
    x.forEach((value, index) => {
      const channel = index % channels;
      result[channel] = step.method === 'max' ? Math.max(result[channel], value) : result[channel] + value;
    });
    return step.method === 'max' ? result : result.map((sum) => (sum * channels) / x.length);
  },

  pad: (step, x) => moved(step, x, -step.padding.top, -step.padding.left),

  crop: (step, x) => moved(step, x, step.padding.top, step.padding.left),

  rescale: (step, x) => x.map((value) => value * step.scale + step.offset),

  residual(step, x, weights) {
    const inner = runSteps(step.ops, x, weights);
    return runSteps(step.shortcut, x, weights).map((value, index) => value + inner[index]);
  },

  conditional(step, x, weights) {
    const logits = STEPS.dense(step.classes, x, weights);
    const most = Math.max(...logits);
    const exponents = logits.map((value) => Math.exp(value - most));
    const sum = exponents.reduce((all, each) => all + each, 0);
    const classes = exponents.map((each) => each / sum);
    return Float64Array.of(...STEPS.dense(step.style, Float64Array.of(...x, ...classes), weights), ...classes);
  },

  quantise(step, x, weights) {
    const { data, shape: [vectors, channels] } = weights[step.codebook];
    const result = new Float64Array(x.length);
    for (let place = 0; place < x.length; place += channels) {
      let [nearest, least] = [0, Infinity];
      for (let vector = 0; vector < vectors; vector += 1) {
        let distance = 0;
        for (let channel = 0; channel < channels; channel += 1) {
          distance += (x[place + channel] - data[vector * channels + channel]) ** 2;
        }
        if (distance < least) [nearest, least] = [vector, distance];
      }
      result.set(data.subarray(nearest * channels, (nearest + 1) * channels), place);
    }
    return result;
  },
};

/** The output's rows and columns, from this row and column of the input on; zeros beyond it. */
function moved({ inputShape: [height, width], shape }, x, top, left) {
  const [, columns, channels] = shape;
  return new Float64Array(countOf(shape)).map((_, index) => {
    const place = Math.floor(index / channels);
    const [row, column] = [Math.floor(place / columns) + top, (place % columns) + left];
    const inside = row >= 0 && row < height && column >= 0 && column < width;
    return inside ? x[(row * width + column) * channels + (index % channels)] : 0;
  });
}

/** Values that follow each other, so many at a time, each group of their channels by itself. */
function normalised(step, x, weights, run, groups) {
  const [scale, shift] = [weights[step.scale].data, weights[step.shift].data];
  const channels = scale.length;
  const groupOf = (index) => Math.floor(index / run) * groups + Math.floor(((index % channels) * groups) / channels);
  const [count, each] = [(x.length / run) * groups, run / groups];
  const [mean, variance] = [new Float64Array(count), new Float64Array(count)];
  x.forEach((value, index) => (mean[groupOf(index)] += value / each));
  x.forEach((value, index) => (variance[groupOf(index)] += (value - mean[groupOf(index)]) ** 2 / each));
  return x.map((value, index) => {
    const normal = (value - mean[groupOf(index)]) / Math.sqrt(variance[groupOf(index)] + step.epsilon);
    return normal * scale[index % channels] + shift[index % channels];
  });
}

const ACTIVATIONS = {
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  relu: (x) => Math.max(0, x),
  'leaky-relu': (x, slope) => (x < 0 ? slope * x : x),
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
  gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  silu: (x) => x / (1 + Math.exp(-x)),
  selu: (x) => 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x),
  clip: (x) => Math.min(Math.max(x, 0), 1),
  'gelu-tanh': (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  'hard-silu': (x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1),
  mish: (x) => x * Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  softsign: (x) => x / (1 + Math.abs(x)),
};

/** The error function by its series (Abramowitz & Stegun 7.1.5); beyond 4 it is 1, to 2e-8. */
function erf(x) {
  if (Math.abs(x) >= 4) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17; n += 1) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
`;
