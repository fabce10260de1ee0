import type * as v from 'valibot';
import type { FoundModel, importedModelRequests } from '../../contract/imported-models.ts';
import { layerUnits, widthOf, type LayerUnit } from './layer-units.ts';
import { bad, sizeOf, type ReadChain } from './read-chain.ts';

/** What a person may say of a file in place of what is found out. */
export type ImportChoices = Pick<
  v.InferOutput<(typeof importedModelRequests)['model:inspect']>,
  'inputShape' | 'codeLayer'
>;

export interface Autoencoder {
  readonly units: readonly LayerUnit[];
  readonly inputShape: readonly [height: number, width: number, channels: 1 | 3] | undefined;
  readonly codeLayer: number;
}

/**
 * Finds images, code and reconstruction in a chain of layers.
 * @throws StudioError `bad-file` for what is no autoencoder, or for a choice that the file does not bear out
 */
export function findAutoencoder(chain: ReadChain, { inputShape, codeLayer }: ImportChoices): Autoencoder {
  const units = layerUnits(chain);
  checkEnds(chain);
  checkNumbers(chain);
  const shape = imageShape(chain, inputShape);
  if (units.length < 2) {
    throw bad(chain.file, 'a layer for the code between the images and their reconstruction', 'one layer only');
  }
  const narrowest = units
    .slice(0, -1)
    .reduce((best, unit, at) => (widthOf(unit) < widthOf(units[best]!) ? at : best), 0);
  const code = codeLayer ?? narrowest;
  if (units[code] === undefined || code === units.length - 1) {
    throw bad(chain.file, `a code layer of 0 to ${units.length - 2}`, `${code}`);
  }
  const width = widthOf(units[code]);
  if (width > MOST_CODE) {
    throw bad(`${chain.file}: ${units[code].name}`, `a code of at most ${MOST_CODE} values`, `${width}`);
  }
  return { units, inputShape: shape, codeLayer: code };
}

/** @param name of the file or folder, without its ending */
export function describeFound(chain: ReadChain, name: string, choices: ImportChoices): FoundModel {
  const { units, inputShape, codeLayer } = findAutoencoder(chain, choices);
  const last = units.length - 1;
  return {
    name,
    format: chain.format,
    ...(inputShape === undefined ? {} : { inputShape }),
    inputValues: sizeOf(chain.inputShape),
    layers: units.map((unit, index) => ({
      name: unit.name,
      kind: unit.kind === 'conv-transpose' ? 'conv' : unit.kind,
      shape: unit.shape,
      activation: 'activation' in unit ? unit.activation : '',
      canBeCode: index < last && unit.kind !== 'upsample' && widthOf(unit) <= MOST_CODE,
    })),
    codeLayer,
    parameters: units.reduce((sum, unit) => sum + parametersOf(unit), 0),
    notes: chain.notes,
  };
}

/** What a spec can say. */
const MOST_CODE = 4_096;

function parametersOf(unit: LayerUnit): number {
  if (unit.kind === 'pool' || unit.kind === 'upsample') return 0;
  const norm = unit.norm === undefined ? 0 : 2 * unit.norm.mean.data.length;
  return unit.kernel.data.length + (unit.bias?.data.length ?? 0) + norm;
}

/** An autoencoder gives back as many values as it takes. */
function checkEnds({ file, inputShape, shape }: ReadChain): void {
  const [taken, given] = [sizeOf(inputShape), sizeOf(shape)];
  if (taken === given) return;
  const expected = `an autoencoder, which gives back the ${taken} values of an image`;
  const what = given < taken ? 'a classifier, or an encoder without its decoder' : 'a decoder without its encoder';
  throw bad(file, expected, `an output of ${given}: ${what}`);
}

function checkNumbers({ file, ops }: ReadChain): void {
  for (const op of ops) {
    const weights =
      'kernel' in op
        ? [op.kernel, op.bias]
        : op.kind === 'batch-norm'
          ? [op.scale, op.shift, op.mean, op.variance]
          : [];
    for (const weight of weights) {
      const wrong = weight?.data.find((value) => !Number.isFinite(value));
      if (weight !== undefined && wrong !== undefined)
        throw bad(`${file}: ${weight.name}`, 'weights that are numbers', String(wrong));
    }
  }
}

/** The images': as the file has it, as its first reshaping says, as a person says, or a square. */
function imageShape(chain: ReadChain, said: ImportChoices['inputShape']): Autoencoder['inputShape'] {
  const { file, inputShape, ops } = chain;
  const values = sizeOf(inputShape);
  const first = ops[0];
  const known = inputShape.length === 3 ? inputShape : first?.kind === 'reshape' ? first.shape : undefined;
  const shape = known ?? said ?? squareOf(values);
  if (shape === undefined) return undefined;
  const [height = 0, width = 0, channels] = shape;
  if (sizeOf(shape) !== values) {
    throw bad(file, `images of ${values} values`, `${shape.join(' × ')}, which is ${sizeOf(shape)}`);
  }
  if (channels !== 1 && channels !== 3) throw bad(file, 'images of 1 or 3 channels', `${channels}`);
  if (Math.max(height, width) > MOST_SIDE) {
    throw bad(file, `images of at most ${MOST_SIDE} pixels a side`, `${height} × ${width}`);
  }
  return [height, width, channels];
}

const MOST_SIDE = 1_024;

function squareOf(values: number): readonly [number, number, 1 | 3] | undefined {
  for (const channels of [1, 3] as const) {
    const side = Math.sqrt(values / channels);
    if (Number.isInteger(side)) return [side, side, channels];
  }
  return undefined;
}
