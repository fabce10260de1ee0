import type { LayerSettings, LayerShape } from './layer-settings.ts';

/** One layer of a model that was found in a file. */
export interface FoundLayer {
  /** As the file calls it. */
  readonly name: string;
  readonly kind: LayerSettings['kind'];
  /** [height, width, channels] or [units] of what it gives. */
  readonly shape: LayerShape;
  /** Empty where it has none: pooling, enlarging. */
  readonly activation: string;
  /** Whether its output may be taken as the code. */
  readonly canBeCode: boolean;
}

/** What a file of another program holds, before it is taken in. */
export interface FoundModel {
  /** Of the file or folder, without its ending: what the model is called unless told otherwise. */
  readonly name: string;
  readonly format: string;
  /** Of one image; absent where the file has rows of values and no square of grey or coloured pixels has as many. */
  readonly inputShape?: LayerShape;
  /** How many values an image must have, where its shape is to be said. */
  readonly inputValues: number;
  readonly layers: readonly FoundLayer[];
  /** Index of the layer whose output is the code: the narrowest, unless another was asked for. */
  readonly codeLayer: number;
  readonly parameters: number;
  /** What was left out because it changes nothing, a sentence each. */
  readonly notes: readonly string[];
}
