import type { ConfigLayer } from './keras-config.ts';
import { bad } from './read-chain.ts';

interface Named<T> {
  readonly parts: readonly string[];
  readonly weight: T;
}

/** What a person can do where the file does not tell. */
const REMEDY = 'Give the layer another name, or save the model as .keras, where each layer has a place of its own';

/**
 * Weights by the names that Keras gave them, "encoder/mid/kernel:0": each layer's are told by the last two parts, and layers of
 * one name by the models that they are in, or by being in none. No weight stands for two layers.
 */
export class WeightNames<T> {
  private readonly file: string;
  private readonly byEnding = new Map<string, Named<T>[]>();
  private readonly taken = new Map<Named<T>, ConfigLayer>();

  /** @param file what messages call it */
  constructor(file: string) {
    this.file = file;
  }

  /** @param name all parts of it, from the outermost group on */
  add(name: string, weight: T): void {
    const parts = name.replace(/:\d+$/, '').split('/');
    const ending = parts.slice(-2).join('/');
    const known = this.byEnding.get(ending);
    if (known === undefined) this.byEnding.set(ending, [{ parts, weight }]);
    else known.push({ parts, weight });
  }

  /**
   * @returns undefined where the file has none of that name
   * @throws StudioError `bad-file` where its name is that of several weights, or of one that another layer has
   */
  find(layer: ConfigLayer, name: string): T | undefined {
    const ending = `${layer.name}/${name}`;
    const found = this.candidates(layer, ending);
    const [only, ...others] = found;
    if (only === undefined) return undefined;
    const where = `${this.file}: ${[...layer.within, ending].join('/')}`;
    if (others.length > 0) {
      const names = found.map(({ parts }) => parts.join('/')).join(', ');
      throw bad(where, 'a name that tells its weights', `one of ${found.length}: ${names}. ${REMEDY}`);
    }
    const owner = this.taken.get(only);
    if (owner !== undefined && owner !== layer) {
      const other = [...owner.within, owner.name].join('/');
      throw bad(where, 'weights of its own', `those of "${other}" alone under that name. ${REMEDY}`);
    }
    this.taken.set(only, layer);
    return only.weight;
  }

  private candidates(layer: ConfigLayer, ending: string): readonly Named<T>[] {
    const all = this.byEnding.get(ending) ?? [];
    const inPlace = all.filter(({ parts }) => isPlaceOf(parts.slice(0, -2), layer));
    if (inPlace.length > 0) return inPlace;
    // Some files leave out the models further out, or name the innermost only.
    return layer.within.toReversed().reduce<readonly Named<T>[]>((found, model) => {
      const inside = found.filter(({ parts }) => parts.slice(0, -2).includes(model));
      return inside.length > 0 ? inside : found;
    }, all);
  }
}

/** Whether groups are the models that a layer is in, one after another; HDF5 has a group for the layer too, or the same one twice. */
function isPlaceOf(groups: readonly string[], { name, within }: ConfigLayer): boolean {
  const path = groups.filter((group, at) => group !== groups[at - 1]).join('/');
  return path === within.join('/') || path === [...within, name].join('/');
}
