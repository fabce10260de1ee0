import * as v from 'valibot';
import { ExperimentSchema, ModelSpecSchema } from '../domain/experiment.ts';
import { IdSchema, Index } from '../domain/ids.ts';
import type { LayerSettings, LayerShape } from '../domain/layer-settings.ts';

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
  /** Whether it takes rows of values: how those of several channels lie in them is to be said. */
  readonly takesRows: boolean;
  /** How many values an image must have, where its shape is to be said. */
  readonly inputValues: number;
  readonly layers: readonly FoundLayer[];
  /** Index of the layer whose output is the code: the narrowest, unless another was asked for. */
  readonly codeLayer: number;
  readonly parameters: number;
  /** What was left out because it changes nothing, a sentence each. */
  readonly notes: readonly string[];
}

/** What the image set of a model is called that fits none of those that are here. */
export const NO_IMAGE_SET = 'none';

/** What a person says of a file in place of what is found out. */
const choices = {
  inputShape: v.exactOptional(ModelSpecSchema.entries.inputShape),
  /** Index of the layer whose output is the code. */
  codeLayer: v.exactOptional(Index),
  /** How rows of values lie over images of several channels. */
  order: v.exactOptional(v.picklist(['channels-last', 'channels-first'])),
  /** What the model takes and gives pixels as. */
  pixels: v.exactOptional(v.picklist(['0..1', '-1..1'])),
} as const;

export const importedModelRequests = {
  /** Reads a model's file, or folder, and keeps nothing. */
  'model:inspect': v.strictObject({ staged: IdSchema, ...choices }),
  /** Takes the model in, as a run that nobody trained here. */
  'model:import': v.strictObject({
    staged: IdSchema,
    ...choices,
    name: ExperimentSchema.entries.name,
    /** What it is measured on and trained further with; by default the first whose images have its shape. */
    imageSet: v.exactOptional(IdSchema),
  }),
  /** The import of what was staged under that id then fails as `stopped`, and nothing is kept. */
  'model:cancel-import': v.strictObject({ staged: IdSchema }),
} as const;

export interface ImportedModelAnswers {
  'model:inspect': FoundModel;
  'model:import': { readonly runId: string };
  'model:cancel-import': Record<string, never>;
}

export interface ImportedModelEvents {
  /** What is done next with the model that is taken in, in a sentence. */
  'model-import:told': { readonly staged: string; readonly sentence: string };
}
