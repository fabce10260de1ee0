import type { ConfigLayer } from './keras-config.ts';
import { bad } from './read-chain.ts';

interface Named<T> {
  readonly parts: readonly string[];
  readonly weight: T;
}

/**
 * Weights by the names that Keras gave them, "encoder/mid/kernel:0": each layer's are told by the last two parts, and layers of
 * one name by the models that they are in. No weight stands for two layers.
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
    let found: readonly Named<T>[] = this.byEnding.get(ending) ?? [];
    for (const model of layer.within.toReversed()) {
      const inside = found.filter(({ parts }) => parts.slice(0, -2).includes(model));
      if (inside.length > 0) found = inside;
    }
    const [only, ...others] = found;
    if (only === undefined) return undefined;
    const where = `${this.file}: ${[...layer.within, ending].join('/')}`;
    if (others.length > 0) {
      const names = found.map(({ parts }) => parts.join('/')).join(', ');
      throw bad(where, 'a name that tells its weights', `one of ${found.length}: ${names}`);
    }
    const owner = this.taken.get(only);
    if (owner !== undefined && owner !== layer) {
      const other = [...owner.within, owner.name].join('/');
      throw bad(where, 'weights of its own', `those of "${other}" alone under that name`);
    }
    this.taken.set(only, layer);
    return only.weight;
  }
}
