import type { FoundModel } from '../../contract/imported-models.ts';
import { eachOp, weightsOf, type PlainOp, type PlainWeight } from '../export/plain-model.ts';
import { preparedFor, squareOf, takesRows, type ImportChoices } from './input-choices.ts';
import { layerUnits, widthOf, type LayerUnit, type NormStep } from './layer-units.ts';
import { bad, noAutoencoder, sizeOf, type ReadChain } from './read-chain.ts';

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
    throw bad(
      chain.file,
      'a layer for the code between the images and their reconstruction',
      'one layer only: export a model with more',
    );
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
    const found = `${width}: choose a narrower layer, or export a model that has one`;
    throw bad(`${chain.file}: ${units[code].name}`, `a code of at most ${MOST_CODE} values`, found);
  }
  return { units, inputShape: shape, codeLayer: code };
}

/** @param name of the file or folder, without its ending */
export function describeFound(read: ReadChain, name: string, choices: ImportChoices): FoundModel {
  const chain = preparedFor(read, choices);
  const { units, inputShape, codeLayer } = findAutoencoder(chain, choices);
  const last = units.length - 1;
  return {
    name,
    format: chain.format,
    ...(inputShape === undefined ? {} : { inputShape }),
    takesRows: takesRows(read),
    inputValues: sizeOf(chain.inputShape),
    layers: units.map((unit, index) => ({
      name: unit.name,
      kind: kindOf(unit),
      shape: unit.shape,
      activation: 'activation' in unit ? unit.activation : '',
      canBeCode: index < last && unit.kind !== 'upsample' && widthOf(unit) <= MOST_CODE,
    })),
    codeLayer,
    parameters: units.reduce((sum, unit) => sum + parametersOf(unit), 0),
    notes: chain.notes,
  };
}

/** As the app calls it. */
function kindOf({ kind }: LayerUnit): FoundModel['layers'][number]['kind'] {
  if (kind === 'conv-transpose') return 'conv';
  return kind === 'pad' ? 'zero-pad' : kind;
}

/** What a spec can say. */
const MOST_CODE = 4_096;

/** Trainable values: those of a layer's own, and of its normalisation. */
function parametersOf(unit: object): number {
  return Object.values(unit).reduce<number>((sum, value: unknown) => {
    if (typeof value !== 'object' || value === null) return sum;
    if ('data' in value) return sum + (value as PlainWeight).data.length;
    if ('scale' in value && 'shift' in value) return sum + 2 * (value as NormStep).scale.data.length;
    // A block's parts.
    return sum + parametersOf(value);
  }, 0);
}

/** An autoencoder gives back as many values as it takes. */
function checkEnds({ file, inputShape, shape }: ReadChain): void {
  if (sizeOf(inputShape) !== sizeOf(shape)) throw noAutoencoder(file, inputShape, shape);
}

function checkNumbers({ file, ops }: ReadChain): void {
  for (const op of ops) {
    if (op.kind === 'dropout') continue;
    for (const weight of weightsOf(op)) {
      const wrong = weight.data.find((value) => !Number.isFinite(value));
      if (wrong !== undefined)
        throw bad(`${file}: ${weight.name}`, 'weights that are numbers', `${wrong}: train it anew`);
    }
    for (const each of eachOp([op])) checkVariances(each, file);
  }
}

/** What a normalisation divides by the root of. */
function checkVariances(op: PlainOp, file: string): void {
  if (op.kind !== 'batch-norm') return;
  const wrong = op.variance.data.find((value) => !(value + op.epsilon > 0));
  if (wrong === undefined) return;
  const found = `${wrong} and ${op.epsilon}: train it anew`;
  throw bad(`${file}: ${op.name}`, 'variances and an epsilon that together are more than 0', found);
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
    throw bad(file, `images of ${values} values`, `${shape.join(' × ')}, which is ${sizeOf(shape)}: say another shape`);
  }
  if (channels !== 1 && channels !== 3)
    throw bad(file, 'images of 1 or 3 channels', `${channels}: export a model of grey or coloured images`);
  if (Math.max(height, width) > MOST_SIDE) {
    throw bad(
      file,
      `images of at most ${MOST_SIDE} pixels a side`,
      `${height} × ${width}: export a model of smaller ones`,
    );
  }
  return [height, width, channels];
}

const MOST_SIDE = 1_024;
