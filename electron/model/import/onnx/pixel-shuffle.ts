import type { LayerShape } from '../../../domain/layer-settings.ts';
import type { PlainStep } from '../../export/plain-model.ts';
import { Layout } from './layout.ts';

/**
 * How `times` × `times` channels become a block of pixels: those of one pixel follow each other (ONNX's CRD, PyTorch's PixelShuffle), or
 * lie as far apart as there are channels afterwards (DCR, TensorFlow's depth_to_space).
 */
export type ShuffleOrder = 'CRD' | 'DCR';

interface Shuffle {
  readonly step: PlainStep;
  /** Of the image that it gives. */
  readonly shape: readonly [number, number, number];
}

/** Channels as pixels: a transposed convolution that adds nothing to anything. @param image of which the channels are shuffled */
export function shuffle(name: string, image: LayerShape, times: number, order: ShuffleOrder): Shuffle {
  const [height = 1, width = 1, channels = 1] = image;
  const left = channels / times ** 2;
  const kernel = kernelOf(name, times, [left, channels], (row, column, channel) => {
    const from = order === 'CRD' ? (channel * times + row) * times + column : (row * times + column) * left + channel;
    return channel * channels + from;
  });
  const step: PlainStep = { kind: 'conv-transpose', kernel, stride: times, top: 0, left: 0 };
  return { step, shape: [height * times, width * times, left] };
}

/** Pixels as channels: a convolution of blocks beside each other. */
export function unshuffle(name: string, image: LayerShape, times: number, order: ShuffleOrder): Shuffle {
  const [height = 1, width = 1, channels = 1] = image;
  const all = channels * times ** 2;
  const kernel = kernelOf(name, times, [channels, all], (row, column, channel) => {
    const to = order === 'CRD' ? (channel * times + row) * times + column : (row * times + column) * channels + channel;
    return channel * all + to;
  });
  const none = { top: 0, left: 0, bottom: 0, right: 0 };
  const step: PlainStep = { kind: 'conv', kernel, stride: times, padding: none };
  return { step, shape: [height / times, width / times, all] };
}

/** Kernels of zeros with one 1 for each channel and place. @param placeOf where that lies among the last two sizes */
function kernelOf(
  name: string,
  times: number,
  [third, fourth]: readonly [number, number],
  placeOf: (row: number, column: number, channel: number) => number,
) {
  const channels = Math.min(third, fourth);
  const data = new Float32Array(times ** 2 * third * fourth);
  for (let row = 0; row < times; row += 1) {
    for (let column = 0; column < times; column += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        data[(row * times + column) * third * fourth + placeOf(row, column, channel)] = 1;
      }
    }
  }
  return { name: `${name}/places`, shape: [times, times, third, fourth], data };
}

/** The shuffling that a layout over an image is, as exporters write it by reshaping and transposing; undefined where it is none. */
export function shuffleIn(layout: Layout, image: LayerShape, name: string): Shuffle | undefined {
  const [height = 1, width = 1, channels = 1] = image;
  const [left = 1, rows = 1, columns = 1, ...more] = layout.dims;
  if (more.length > 0) return undefined;
  for (const order of ['CRD', 'DCR'] as const) {
    const times = rows / height;
    const grows = Number.isSafeInteger(times) && times > 1 && columns === width * times;
    if (grows && layout.follows(shuffledLayout([height, width, channels], times, left, order))) {
      return shuffle(name, image, times, order);
    }
    const by = height / rows;
    const shrinks = Number.isSafeInteger(by) && by > 1 && width === columns * by;
    if (shrinks && layout.follows(unshuffledLayout([height, width, channels], by, order))) {
      return unshuffle(name, image, by, order);
    }
  }
  return undefined;
}

type Image = readonly [height: number, width: number, channels: number];

function shuffledLayout([height, width, channels]: Image, times: number, left: number, order: ShuffleOrder): Layout {
  const [channel, row, column] = order === 'CRD' ? [times ** 2, times, 1] : [1, times * left, left];
  return Layout.of([
    { size: left, stride: channel },
    { size: height, stride: width * channels },
    { size: times, stride: row },
    { size: width, stride: channels },
    { size: times, stride: column },
  ]);
}

function unshuffledLayout([height, width, channels]: Image, by: number, order: ShuffleOrder): Layout {
  const channel = { size: channels, stride: 1 };
  const inner = [
    { size: by, stride: width * channels },
    { size: by, stride: channels },
  ];
  return Layout.of([
    ...(order === 'CRD' ? [channel, ...inner] : [...inner, channel]),
    { size: height / by, stride: by * width * channels },
    { size: width / by, stride: by * channels },
  ]);
}
