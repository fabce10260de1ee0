import { StudioError } from '../domain/errors.ts';
import type { ModelSpec } from '../domain/experiment.ts';
import { sizeOf } from '../domain/layer-shapes.ts';
import { layOut, type LayoutLayer } from '../domain/model-layout.ts';
import { residualParts, shortcutParts } from '../domain/residual-parts.ts';
import type { StoredTensor } from './safetensors.ts';

/**
 * Compares weights with the layers that they are for, by how many numbers each layer has and how its kernels lie: no network is made for
 * it.
 * @param tensors by the layers' names and what follows them: "encoder-1/kernel", "encoder-1-norm/gamma"
 * @param path the file that they are from, for messages
 * @param remedy what can be done about a file whose weights do not fit
 * @throws StudioError `bad-file` naming the first layer whose weights are of another number, or the first kernel of another shape
 */
export function checkFitting(
  spec: ModelSpec,
  tensors: Readonly<Record<string, StoredTensor>>,
  path: string,
  remedy: string,
): void {
  const refuse = (expected: string, found: string): never => {
    throw new StudioError('bad-file', `${path}: expected ${expected}, found ${found}: ${remedy}.`);
  };
  for (const layer of layOut(spec).layers) {
    const { name, parameters, statistics } = layer;
    const own = Object.entries(tensors).filter(([key]) => key.startsWith(`${name}/`) || key.startsWith(`${name}-`));
    const found = own.reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0);
    const expected = parameters + statistics;
    const [asked, there] = [expected, found].map((count) => count.toLocaleString('en'));
    if (found !== expected) refuse(`${asked} numbers of "${name}"`, `${there}`);
    for (const [kernel, shape] of kernelsOf(layer)) {
      const stored = tensors[kernel]?.shape;
      const words = `"${kernel}" of shape ${shape.join(' × ')}`;
      if (stored?.join() !== shape.join()) refuse(words, stored === undefined ? 'none' : stored.join(' × '));
    }
  }
}

/** Kernels by their names: of the same numbers in another order no count tells. */
function kernelsOf(layer: LayoutLayer): readonly (readonly [name: string, shape: readonly number[]])[] {
  const { name, inputShape, shape } = layer;
  const channels = inputShape[2] ?? 1;
  switch (layer.kind) {
    case 'dense': {
      const [ins, units, { classes }] = [sizeOf(inputShape), sizeOf(shape), layer];
      if (layer.tiedTo !== undefined) return [];
      if (classes === undefined) return [[`${name}/kernel`, [ins, units]]];
      return [
        [`${name}-classes/kernel`, [ins, classes]],
        [`${name}/kernel`, [ins + classes, units - classes]],
      ];
    }
    case 'conv': {
      const ends = layer.transposed ? [layer.filters, channels] : [channels, layer.filters];
      return [[`${name}/kernel`, [layer.kernel, layer.kernel, ...ends]]];
    }
    case 'separable':
      return [
        [`${name}/depthwise_kernel`, [layer.kernel, layer.kernel, channels, 1]],
        [`${name}/pointwise_kernel`, [1, 1, channels, layer.filters]],
      ];
    case 'residual':
      return [...residualParts(layer), ...shortcutParts(layer)].flatMap(kernelsOf);
    default:
      return [];
  }
}
