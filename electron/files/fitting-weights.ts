import { StudioError } from '../domain/errors.ts';
import type { ModelSpec } from '../domain/experiment.ts';
import { sizeOf } from '../domain/layer-shapes.ts';
import { layOut } from '../domain/model-layout.ts';
import type { StoredTensor } from './safetensors.ts';

/**
 * Compares weights with the layers that they are for, by how many numbers each layer has: no network is made for it.
 * @param tensors by the layers' names and what follows them: "encoder-1/kernel", "encoder-1-norm/gamma"
 * @param path the file that they are from, for messages
 * @param remedy what can be done about a file whose weights do not fit
 * @throws StudioError `bad-file` naming the first layer whose weights are of another number
 */
export function checkFitting(
  spec: ModelSpec,
  tensors: Readonly<Record<string, StoredTensor>>,
  path: string,
  remedy: string,
): void {
  for (const { name, parameters, statistics } of layOut(spec).layers) {
    const own = Object.entries(tensors).filter(([key]) => key.startsWith(`${name}/`) || key.startsWith(`${name}-`));
    const found = own.reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0);
    const expected = parameters + statistics;
    if (found === expected) continue;
    const [asked, there] = [expected, found].map((count) => count.toLocaleString('en'));
    throw new StudioError('bad-file', `${path}: expected ${asked} numbers of "${name}", found ${there}: ${remedy}.`);
  }
}
