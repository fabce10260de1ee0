import { layOut } from '../domain/model-layout.ts';
import { buildNetwork, type Network } from './network.ts';
import { tf } from './tensorflow.ts';

/** A network of its own that computes the same with weights of each layer's own: for formats that know no tied ones. */
export function untied(network: Network): Network {
  const { layers } = layOut(network.spec);
  const names = new Map(layers.map(({ path, name }) => [path, name]));
  /** Which kernel each tied one is the transpose of. */
  const sources = new Map<string, string>();
  for (const layer of layers) {
    if (layer.kind !== 'dense' || layer.tiedTo === undefined) continue;
    sources.set(`${layer.name}/kernel`, `${names.get(layer.tiedTo)}/kernel`);
  }
  const own = new Map(network.weights.map(({ name, variable }) => [name, variable]));
  const copy = buildNetwork({ ...network.spec, tiedWeights: false }, 0);
  for (const { name, variable } of copy.weights) {
    const source = sources.get(name);
    const value = own.get(source ?? name);
    if (value) tf.tidy(() => variable.assign(source === undefined ? value : tf.transpose(value)));
  }
  return copy;
}
