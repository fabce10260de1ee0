import type { StudioError } from '../../../domain/errors.ts';
import type { LayerShape } from '../../../domain/layer-settings.ts';
import { meetingWords } from '../meeting-words.ts';
import { bad, ONE_PATH, type ReadChain } from '../read-chain.ts';
import { byChannel } from './by-channel.ts';
import { ChainWriter, type ChainValue } from './chain-writer.ts';
import { folded, shapeOf } from './constants.ts';
import { nextStage, type Deviation, type Operand } from './deviations.ts';
import { inputOf } from './graph-input.ts';
import { layerOperators, type LayerNode } from './layer-operators.ts';
import { ancestors, rewritten, sorted } from './graph-rewrites.ts';
import { kept, meetingPoint, SecondPath, skipsIn } from './meeting-point.ts';
import { normalised } from './norm-operators.ts';
import { NodeAttributes } from './node-attributes.ts';
import type { OnnxFile, OnnxNode, OnnxTensor } from './onnx-file.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { remedyFor } from './operator-remedies.ts';
import { applied, isScalarOperator, unrounded, type ScalarFunction } from './scalar-functions.ts';
import { shapeOperators } from './shape-operators.ts';
import { shortcutsLast, type Shortcut } from './shortcuts.ts';

type Known = Operand;

/** Takes a tensor of weights out of the file. Throws where it is not whole. */
export type TakeTensor = (name: string) => OnnxTensor | undefined;

/** A number of JavaScript's. */
const BYTES_PER_NUMBER = 8;

/** Operators whose inputs are constants alone, beside those that are read of the model's input. */
const ofConstants = [
  'Concat',
  'Constant',
  'ConstantOfShape',
  'Equal',
  'Expand',
  'Gather',
  'Mod',
  'Range',
  'ReduceL2',
  'ReduceProd',
  'ReduceSum',
  'Shape',
];

/**
 * Follows an ONNX graph from its input to one of its outputs.
 * @throws StudioError `bad-file` naming the node that is not known, or that is no single path
 */
export class GraphWalk {
  private readonly file: OnnxFile;
  private readonly name: string;
  private readonly takeTensor: TakeTensor;
  private readonly room: MemoryBudget;
  private readonly known = new Map<string, Known>();
  private readonly chain: ChainWriter;
  private readonly batch: number;
  private readonly input: string;
  private skips: ReadonlySet<string> = new Set();

  /**
   * @param room for what is taken out of the file
   * @param said the images' shape, for a file that leaves it open
   */
  constructor(file: OnnxFile, name: string, takeTensor: TakeTensor, room: MemoryBudget, said?: LayerShape) {
    this.room = room;
    this.file = file;
    this.name = name;
    this.takeTensor = takeTensor;
    const input = inputOf(file, name, said);
    this.batch = input.batch;
    this.input = input.name;
    this.chain = new ChainWriter(name, input.shape, input.layout, room);
    this.known.set(input.name, { kind: 'chain', value: this.chain.input(input.name) });
  }

  to(output: string): ReadChain {
    const { nodes, shortcuts } = shortcutsLast(ancestors(rewritten(sorted(this.file.nodes)), output), this.input);
    this.checkOperators(nodes);
    this.skips = new Set([...skipsIn(nodes, this.input), ...shortcuts.map(({ from }) => from)]);
    const starts = new Map(shortcuts.map((shortcut) => [shortcut.first, shortcut]));
    for (const node of nodes) {
      try {
        this.goBack(starts.get(node));
        this.follow(node);
      } catch (error) {
        throw error instanceof SecondPath ? this.meeting(nodes, node, error) : error;
      }
    }
    const found = this.known.get(output);
    if (found?.kind === 'chain') return this.chain.finish(found.value);
    throw bad(this.name, `an output "${output}" that comes of the input`, 'none: export it again');
  }

  /** Before a shortcut's first node: what it comes of is the last value again. */
  private goBack(shortcut: Shortcut | undefined): void {
    if (shortcut === undefined) return;
    const [from, beside] = [shortcut.from, shortcut.beside].map((name) => this.known.get(name));
    if (from?.kind !== 'chain' || beside?.kind !== 'chain') return;
    const value = this.chain.besides(beside.value, from.value, shortcut.first.name);
    if (value !== undefined) this.known.set(shortcut.from, { kind: 'chain', value });
  }

  /** What is said of a second path: what it and the first become together. */
  private meeting(nodes: readonly OnnxNode[], start: OnnxNode, { from }: SecondPath): StudioError {
    const comesOfImages = (name: string): boolean => (this.known.get(name)?.kind ?? 'constant') !== 'constant';
    const { name, op } = meetingPoint(nodes, start, comesOfImages);
    return bad(`${this.name}: ${name}`, ONE_PATH, meetingWords(op, 'export it again', from));
  }

  /** All that nobody knows are named at once. */
  private checkOperators(nodes: readonly OnnxNode[]): void {
    const isKnown = ({ op }: OnnxNode): boolean =>
      isScalarOperator(op) ||
      [layerOperators, shapeOperators].some((table) => Object.hasOwn(table, op)) ||
      ofConstants.includes(op);
    const unknown = nodes.filter((node) => !isKnown(node));
    const [first] = unknown;
    if (first === undefined) return;
    const names = [...new Set(unknown.map(({ op }) => `"${op}"`))];
    const what = `${names.slice(0, 8).join(', ')}${remedyFor(unknown.map(({ op }) => op))}`;
    throw bad(`${this.name}: ${first.name}`, 'operators that the app knows', what);
  }

  private follow(node: OnnxNode): void {
    const attributes = new NodeAttributes(node, this.name);
    const inputs = node.inputs.map((name) => (name === '' ? undefined : this.operand(name, node)));
    const [output = ''] = node.outputs;
    if (node.isMean === true) {
      const mean = node.inputs[0] ?? '';
      this.chain.builder.notes.push(`${node.name}: draws around "${mean}"; the code is that mean, undrawn.`);
    }
    const result = this.result(node, inputs, attributes);
    const isSkip = result.kind === 'chain' && this.skips.has(output) && this.chain.isLast(result.value);
    this.known.set(output, isSkip ? { kind: 'chain', value: kept(result.value, node.name, this.chain) } : result);
  }

  private result(node: OnnxNode, inputs: readonly (Known | undefined)[], attributes: NodeAttributes): Known {
    if (node.op === 'Constant') return { kind: 'constant', tensor: attributes.constant() };
    const deviation = this.deviation(node, inputs, attributes);
    if (deviation !== undefined) return deviation;
    const values = inputs.flatMap((input) => (input?.kind === 'chain' ? [input.value] : []));
    const [value] = values;
    if (value === undefined) return this.folded(node, inputs, attributes);
    if (node.op === 'Shape') {
      return { kind: 'constant', tensor: shapeOf([this.batch, ...value.layout.dims], attributes) };
    }
    if (values.length === 1 && this.listsValues(node, inputs)) {
      this.chain.builder.notes.push(
        `${node.name}: lists the values of all images one after another; here each has its own.`,
      );
      return { kind: 'chain', value };
    }
    const joined = this.joined(node, values);
    if (joined !== undefined) return { kind: 'chain', value: joined };
    const computed = isScalarOperator(node.op) ? this.scalar(node, inputs, value, attributes) : undefined;
    if (computed !== undefined) return { kind: 'chain', value: computed };
    if (values.length > 1) throw this.secondPath(node, values.find((each) => !this.chain.isLast(each)) ?? value);
    return { kind: 'chain', value: this.layer(node, inputs, value, attributes) };
  }

  /** Layer normalisation that is written as its parts. */
  private deviation(
    { op, name }: OnnxNode,
    inputs: readonly (Known | undefined)[],
    attributes: NodeAttributes,
  ): Known | undefined {
    const next = nextStage(op, inputs, attributes);
    // The last of two is the root, which has the epsilon.
    const last = inputs.flatMap((input) => (input?.kind === 'deviation' ? [input.deviation] : [])).at(-1);
    if (next === undefined && last !== undefined) {
      const found = `a mean that values are compared with ("${op}"): export LayerNorm with operator set 17 or a later one`;
      throw attributes.bad(ONE_PATH, found);
    }
    if (next !== 'normalised') return next && { kind: 'deviation', deviation: next };
    const { of: value, epsilon } = last as Deviation;
    return { kind: 'chain', value: normalised(value, name, epsilon, this.chain, attributes) };
  }

  /** A value that is added to what layers make of it. */
  private joined({ op, name }: OnnxNode, values: readonly ChainValue[]): ChainValue | undefined {
    const [one, other, ...more] = values;
    if (op !== 'Add' || one === undefined || other === undefined || more.length > 0) return undefined;
    const isPlain = this.chain.isLast(one) && this.chain.isLast(other);
    return isPlain ? undefined : this.chain.joined(one, other, name);
  }

  /** The graph's last step, which makes one long column of all values: scikit-learn's regression ends so. */
  private listsValues({ op, outputs }: OnnxNode, [, shape]: readonly (Known | undefined)[]): boolean {
    const isLast = this.file.outputs.some(({ name }) => outputs.includes(name));
    if (op !== 'Reshape' || !isLast || shape?.kind !== 'constant') return false;
    const target = Array.from(shape.tensor.data).join();
    return target === '-1,1' || target === '-1';
  }

  private secondPath({ name }: OnnxNode, { name: from }: ChainValue): SecondPath {
    return new SecondPath(`${this.name}: ${name}`, from);
  }

  private operand(name: string, node: OnnxNode): Known {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const tensor = this.takeTensor(name);
    if (tensor !== undefined) return { kind: 'constant', tensor };
    throw bad(
      `${this.name}: ${node.name}`,
      'what comes of the nodes before',
      `"${name}", which none gives: export it again, with its weights`,
    );
  }

  private folded(node: OnnxNode, inputs: readonly (Known | undefined)[], attributes: NodeAttributes): Known {
    const tensors = inputs.map((input) => (input?.kind === 'constant' ? input.tensor : undefined));
    const given = tensors.map((tensor) => tensor ?? { dims: [0], data: [] });
    const tensor = folded(node.op, given, attributes);
    if (tensor !== undefined) {
      if (!given.some(({ data }) => data === tensor.data)) this.room.take(BYTES_PER_NUMBER * tensor.data.length);
      return { kind: 'constant', tensor };
    }
    const shapes = given.map(({ dims }) => `[${dims.join(', ')}]`).join(', ');
    throw attributes.bad('weights that need no computing', `"${node.op}" of ${shapes}: export with constants folded`);
  }

  private layer(
    node: OnnxNode,
    inputs: readonly (Known | undefined)[],
    value: ChainValue,
    attributes: NodeAttributes,
  ): ChainValue {
    const { op, name, inputs: names } = node;
    const constants = inputs.map((input) => (input?.kind === 'constant' ? input.tensor : undefined));
    if (inputs[0]?.kind !== 'chain')
      throw attributes.bad(
        'the value first and its weights behind it',
        'the weights first: swap them, and export again',
      );
    const given: LayerNode = { op, name, value, constants, names, attributes, chain: this.chain, part: node.part };
    const layer = Object.hasOwn(layerOperators, op) ? layerOperators[op] : undefined;
    if (layer !== undefined) return layer(given);
    const shape = Object.hasOwn(shapeOperators, op) ? shapeOperators[op] : undefined;
    if (shape === undefined)
      throw attributes.bad('an operator of a layer', `"${op}" of what the model computes${remedyFor([op])}`);
    this.chain.check(value, name);
    return shape(given, this.batch);
  }

  /** An operator of one number at a time, or one that scales by channel. */
  private scalar(
    node: OnnxNode,
    inputs: readonly (Known | undefined)[],
    value: ChainValue,
    attributes: NodeAttributes,
  ): ChainValue {
    const { op, name } = node;
    const scaled = isBinary(op) ? byChannel(this.chain, node, inputs, value, attributes) : undefined;
    if (scaled !== undefined) return scaled;
    const operands = inputs.map((input, at): ScalarFunction | number => {
      // Clip's ends may be left out.
      if (input === undefined) return at === 1 ? -Infinity : Infinity;
      if (input.kind === 'chain') {
        this.chain.check(input.value, name);
        if (input.value.step === value.step && input.value.layout.follows(value.layout)) return input.value.computed;
        throw this.secondPath(node, value);
      }
      if (input.kind === 'deviation') throw this.secondPath(node, value);
      if (input.tensor.data.length === 1) return unrounded(input.tensor.data[0] as number);
      const found = `[${input.tensor.dims.join(', ')}]: export without constants that differ from place to place`;
      throw attributes.bad('one number, or one for each channel', found);
    });
    const computed = applied(op, operands, attributes) as ScalarFunction;
    return { ...value, name, computed };
  }
}

const isBinary = (op: string): boolean => ['Add', 'Sub', 'Mul', 'Div'].includes(op);
