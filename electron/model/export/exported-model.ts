import type { ModelSpec } from '../../domain/experiment.ts';
import type { ExportFormatId, ModelPart } from '../../domain/export-formats.ts';
import type { Network } from '../../engine/network.ts';
import type { VerdictRule } from './inspection/verdict-rule.ts';
import type { VerdictWriter } from './inspection/verdict-writer.ts';
import type { ModelMap } from './model-map.ts';
import type { ModelOrigin } from './origin.ts';
import type { PlainModel } from './plain-model.ts';

export interface ExportOptions {
  readonly format: ExportFormatId;
  /** Left out: the autoencoder, and the encoder and the decoder by themselves. */
  readonly part?: ModelPart;
  /** The model takes bytes and scales them itself; only where the format says that it can. */
  readonly scalingInside?: boolean;
}

/** A model as a format gets to see it. */
export interface ExportedModel {
  readonly spec: ModelSpec;
  /** For formats that TensorFlow.js writes itself. */
  readonly network: Network;
  /** The parts that are asked for. */
  readonly parts: readonly PlainModel[];
  /** All of them, for formats that make the whole of its parts. */
  readonly described: Readonly<Record<ModelPart, PlainModel>>;
  readonly origin: ModelOrigin;
  readonly scalingInside: boolean;
  /** Nothing where the image set is gone. */
  readonly map: ModelMap | undefined;
  /** The verdict on odd pictures, where the model has one and this export carries it. */
  readonly verdict?: VerdictRule;
  /** Why it does not, where the model has one: a sentence. */
  readonly noVerdict?: string;
}

/** How images lie in the format's arrays: channels last or first. */
export type ImageOrder = 'nhwc' | 'nchw';

/** A format that models are written in. */
export interface FormatWriter {
  readonly language: 'python' | 'javascript';
  /** In JavaScript without TensorFlow.js: images are arrays of numbers. */
  readonly plain?: true;
  readonly imageOrder: ImageOrder;
  /** What must be installed for the verify script: "onnxruntime numpy"; nothing: "". */
  readonly packages: string;
  /** Files of the model itself, by their names in the folder; each becomes whole before the folder does. */
  write(model: ExportedModel, folder: string): Promise<void>;
  /** What the files are, for the model card. */
  files(model: ExportedModel): readonly { readonly name: string; readonly about: string }[];
  /** A few lines that use the model, in the format's language; `image.png` stands for a picture. */
  usage(model: ExportedModel): string;
  readonly verdict: VerdictWriter;
  /** Source of the imports and of the function `run` that the verify script calls (verify-script.ts). */
  runner(model: ExportedModel): { readonly imports: string; readonly run: string };
}
