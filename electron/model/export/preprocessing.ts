import type { ModelSpec } from '../../domain/experiment.ts';
import type { ExportedModel, FormatWriter } from './exported-model.ts';

/** How pixels become the model's input, as data: preprocessing.json. */
export function preprocessingOf(
  { spec, origin, scalingInside }: ExportedModel,
  { imageOrder }: Pick<FormatWriter, 'imageOrder'>,
): Record<string, unknown> {
  const [height, width, channels] = spec.inputShape;
  const preparation = origin.imageSet?.preparation;
  const pictures =
    preparation === undefined
      ? {}
      : {
          /** As the training images were made of pictures. */
          pictures: {
            fit: preparation.fit,
            background: preparation.background,
            invert: preparation.invert,
            centre: preparation.centre,
            /** Of numbers of more than 8 bits. */
            ...(preparation.range === undefined ? {} : { range: preparation.range }),
          },
        };
  return {
    input: {
      height,
      width,
      channels,
      order: imageOrder,
      ...(scalingInside ? { type: 'uint8', range: [0, 255] } : { type: 'float32', range: [0, 1] }),
    },
    fromBytes: scalingInside ? 'none' : 'divide by 255',
    code: { size: spec.code.size, type: 'float32' },
    output: { type: 'float32', range: rangeOf(spec), toBytes: 'clip to [0, 1], multiply by 255, round' },
    ...pictures,
  };
}

const rangeOf = ({ outputActivation }: ModelSpec): readonly [number, number] | null =>
  outputActivation === 'sigmoid' ? [0, 1] : null;
