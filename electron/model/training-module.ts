import type { ModelSpec } from '../domain/experiment.ts';
import { layOut } from '../domain/model-layout.ts';
import type { Network } from '../engine/network.ts';
import { encodeSafetensors, type StoredTensor } from '../files/safetensors.ts';
import { StudioError } from '../domain/errors.ts';
import { describeNetwork } from './export/describe-network.ts';
import type { PlainModel } from './export/plain-model.ts';
import { torchModule } from './export/pytorch/torch-module.ts';
import { fromTorchState, torchState } from './export/pytorch/torch-weights.ts';
import { transposeTensor } from './export/transpose-tensor.ts';
import { tensorsOf } from './weights-file.ts';

/** A variational code's second head, which exports leave out, as the network names it and as the module that trains it does. */
const LOG_VARIANCE = {
  kernel: 'code-log-variance/kernel',
  bias: 'code-log-variance/bias',
  weight: 'log_variance.weight',
  torchBias: 'log_variance.bias',
} as const;

/** A network as exported to PyTorch, with all that is needed to train it there: model.py, and its state as safetensors. */
export function trainingModule(network: Network): { readonly source: string; readonly state: Uint8Array } {
  const tensors = tensorsOf(network);
  const source = torchModule({ scalingInside: false }, partsOf(network.spec, tensors));
  return { source, state: encodeSafetensors(moduleState(network.spec, tensors), { format: 'pt' }) };
}

/** The decoder's dense layers that use an encoder layer's weights, transposed, and whose: modules by their names in such a module. */
export function tiesOf(spec: ModelSpec): Readonly<Record<string, string>> {
  const { layers } = layOut(spec);
  const names = new Map(layers.map(({ path, name }) => [path, name.replaceAll('-', '_')]));
  const tied = layers.flatMap((layer) => (layer.kind === 'dense' && layer.tiedTo !== undefined ? [layer] : []));
  return Object.fromEntries(
    tied.map(({ path, tiedTo }) => [`decoder.${names.get(path)}`, `encoder.${names.get(tiedTo ?? '')}`]),
  );
}

/** Tensors by the names of a spec's weights (or others of their shapes), as such a module's state names and lays them out. */
export function moduleState(
  spec: ModelSpec,
  tensors: Readonly<Record<string, StoredTensor>>,
): Record<string, StoredTensor> {
  return { ...torchState(partsOf(spec, tensors)), ...headToTorch(spec, tensors) };
}

/**
 * The weights of such a module's state, trained, by the network's own names.
 * @param network of the same spec; what its weights are does not matter
 * @throws StudioError `bad-file` naming the file, what was expected and what was found
 */
export function tensorsOfModule(
  network: Network,
  state: Readonly<Record<string, StoredTensor>>,
  file: string,
): Record<string, StoredTensor> {
  const parts = partsOf(network.spec, tensorsOf(network));
  return { ...fromTorchState(parts, state, file), ...headFromTorch(network.spec, state, file) };
}

function partsOf(spec: ModelSpec, tensors: Readonly<Record<string, StoredTensor>>): readonly PlainModel[] {
  const { encoder, decoder } = describeNetwork(spec, tensors);
  return [encoder, decoder];
}

function headToTorch(
  { code }: ModelSpec,
  tensors: Readonly<Record<string, StoredTensor>>,
): Record<string, StoredTensor> {
  if (!code.variational) return {};
  const { kernel, bias, weight, torchBias } = LOG_VARIANCE;
  return { [weight]: turned(weight, tensors[kernel] as StoredTensor), [torchBias]: tensors[bias] as StoredTensor };
}

function headFromTorch(
  { code }: ModelSpec,
  state: Readonly<Record<string, StoredTensor>>,
  file: string,
): Record<string, StoredTensor> {
  if (!code.variational) return {};
  const { kernel, bias, weight, torchBias } = LOG_VARIANCE;
  const of = (name: string): StoredTensor => {
    const found = state[name];
    if (found?.data instanceof Float32Array) return found;
    throw new StudioError('bad-file', `${file}: expected "${name}", found none.`);
  };
  return { [kernel]: turned(kernel, of(weight)), [bias]: of(torchBias) };
}

/** A kernel [inputs, units] as PyTorch's weight [units, inputs], and back. */
function turned(name: string, { shape, data }: StoredTensor): StoredTensor {
  const { shape: to, data: values } = transposeTensor({ name, shape, data: data as Float32Array }, [1, 0]);
  return { shape: to, data: values };
}
