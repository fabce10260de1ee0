import { bad } from '../read-chain.ts';
import { Attribute, tensorOf, type OnnxNode, type OnnxTensor } from './onnx-file.ts';

export const FOR_TRAINING = 'one for training: export it in evaluation mode (PyTorch: model.eval())';
/** What a person can do where parts of a file do not fit each other. */
export const DAMAGED = 'export it again, as these do not fit each other';

/** The attributes of one node, by their names. */
export class NodeAttributes {
  private readonly node: OnnxNode;
  private readonly file: string;

  constructor(node: OnnxNode, file: string) {
    this.node = node;
    this.file = file;
  }

  /** A fraction. */
  readonly number = (name: string, otherwise: number): number =>
    this.node.attributes.get(name)?.floats(Attribute.float)[0] ?? otherwise;

  readonly integer = (name: string, otherwise: number): number =>
    this.node.attributes.get(name)?.number(Attribute.integer, otherwise) ?? otherwise;

  readonly integers = (name: string): readonly number[] | undefined =>
    this.node.attributes.get(name)?.integers(Attribute.integers);

  readonly numbers = (name: string): ArrayLike<number> | undefined =>
    this.node.attributes.get(name)?.floats(Attribute.floats);

  readonly tensor = (name: string): OnnxTensor | undefined => {
    const [value] = this.node.attributes.get(name)?.messages(Attribute.tensor) ?? [];
    return value === undefined ? undefined : tensorOf(value, `${this.file}: ${this.node.name}`);
  };

  /** Empty where there is none. */
  readonly text = (name: string): string => this.node.attributes.get(name)?.text(Attribute.text) ?? '';

  /** One number for both axes. @throws StudioError `bad-file` where they differ */
  square(name: string, otherwise: number): number {
    const [down = otherwise, across = otherwise] = this.ofImage(name, 2) ?? [];
    if (down === across && Number.isSafeInteger(down) && down >= 1 && down <= MOST_SIDE) return down;
    throw this.bad(
      `the same ${name} of 1 to ${MOST_SIDE} both ways`,
      `${down} and ${across}: make them alike, and export again`,
    );
  }

  /** As many numbers as an image's axes or edges ask for. @throws StudioError `bad-file` where they are more or fewer */
  ofImage(name: string, count: 2 | 4): readonly number[] | undefined {
    const given = this.integers(name) ?? [];
    if (given.length === count) return given;
    if (given.length === 0) return undefined;
    const of = count === 2 ? 'rows and columns' : 'the four edges of an image';
    throw this.bad(`${count} numbers (${name}), for ${of}`, `${given.length}: ${DAMAGED}`);
  }

  /** What a node of operator Constant gives. @throws StudioError `bad-file` where it is of no kind that is read */
  constant(): OnnxTensor {
    const value = this.tensor('value');
    if (value !== undefined) return value;
    const { attributes } = this.node;
    const float = attributes.get('value_float')?.floats(Attribute.float);
    if (float !== undefined) return { dims: [], data: float };
    const floats = attributes.get('value_floats')?.floats(Attribute.floats);
    if (floats !== undefined) return { dims: [floats.length], data: floats };
    const integer = attributes.get('value_int');
    if (integer !== undefined) return { dims: [], data: [integer.number(Attribute.integer)] };
    const integers = this.integers('value_ints');
    if (integers !== undefined) return { dims: [integers.length], data: integers };
    throw this.bad('a constant of numbers', 'another: export without it');
  }

  bad(expected: string, found: string) {
    return bad(`${this.file}: ${this.node.name}`, expected, found);
  }
}

const MOST_SIDE = 1_024;
