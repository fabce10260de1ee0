import type { LayerShape } from '../../../domain/layer-settings.ts';
import { bad, sizeOpen } from '../read-chain.ts';
import { Layout } from './layout.ts';
import type { OnnxFile, OnnxNode } from './onnx-file.ts';

export interface GraphInput {
  readonly name: string;
  /** Images that the file is made for at once; 1 where it is made for any number. */
  readonly batch: number;
  /** [height, width, channels] or [units]. */
  readonly shape: LayerShape;
  /** How the file's own input lies over it. */
  readonly layout: Layout;
}

/**
 * The one input of a graph.
 * @param said the images' shape, for a file that leaves it open
 * @throws StudioError `bad-file` where there are more, or it has no size
 */
export function inputOf({ inputs, nodes, tensors }: OnnxFile, file: string, said?: LayerShape): GraphInput {
  // Older files have their weights among the inputs.
  const own = inputs.filter(({ name }) => !tensors.has(name));
  const [input] = own;
  if (input === undefined || own.length > 1)
    throw bad(
      file,
      'a model of one input',
      `${own.length}: ${own.map(({ name }) => name).join(', ')}. Export it of its images alone`,
    );
  const [first = 0, ...given] = input.dims;
  const dims = sizedDims(given, said, takesChannelsFirst.has(firstOperator(nodes, input.name)));
  const isSized = dims.every((size) => Number.isSafeInteger(size) && size > 0);
  if (!isSized || dims.length < 1 || dims.length > 3) {
    const found = input.dims.map((size) => (size > 0 ? size : '?')).join(', ');
    // Of any other number of sizes no shape of images would help.
    if (dims.length === 3 && said === undefined) throw sizeOpen(file, `[${found}]`);
    throw bad(
      file,
      'an input [batch, …] of images or rows whose sizes are said',
      `[${found}]: export it for images of a fixed size`,
    );
  }
  const { shape, layout } = shapeOf(dims, nodes, input.name);
  return { name: input.name, batch: Math.max(first, 1), shape, layout };
}

/**
 * Sizes that the file leaves open are those that a person says.
 * @param isFirst whether channels come first, where the sizes that are not open do not tell
 */
function sizedDims(dims: readonly number[], said: LayerShape | undefined, isFirst: boolean): readonly number[] {
  if (said === undefined || dims.length !== 3) return dims;
  const [height = 0, width = 0, channels = 0] = said;
  const ways = [
    [channels, height, width],
    [height, width, channels],
  ];
  const fitting = ways.filter((way) => dims.every((size, axis) => size <= 0 || size === way[axis]));
  const own = fitting.length === 1 ? fitting[0] : ways[isFirst ? 0 : 1];
  return dims.map((size, axis) => (size > 0 ? size : (own?.[axis] ?? 0)));
}

function shapeOf(dims: readonly number[], nodes: readonly OnnxNode[], name: string) {
  const [a = 1, b = 1, c = 1] = dims;
  if (dims.length === 1) return { shape: [a], layout: Layout.plain([a]) };
  if (dims.length === 2) return { shape: [a, b, 1], layout: Layout.plain([a, b]) };
  const isLast = [1, 3].includes(c) && !takesChannelsFirst.has(firstOperator(nodes, name));
  if (isLast) return { shape: dims, layout: Layout.plain(dims) };
  return { shape: [b, c, a], layout: Layout.channelsFirst([b, c, a]) };
}

const takesChannelsFirst = new Set(['Conv', 'ConvTranspose', 'MaxPool', 'AveragePool', 'BatchNormalization', 'Resize']);

/** What is first done to the input, but for casting, scaling and asking for its shape. */
function firstOperator(nodes: readonly OnnxNode[], name: string): string {
  let current = name;
  for (const { op, inputs, outputs } of nodes) {
    if (!inputs.includes(current) || op === 'Shape') continue;
    if (!['Cast', 'Identity', 'Div', 'Mul', 'Add', 'Sub'].includes(op)) return op;
    current = outputs[0] ?? '';
  }
  return '';
}
