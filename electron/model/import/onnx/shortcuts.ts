import type { OnnxNode } from './onnx-file.ts';

/** A sum's one way from the value that both come of, of a convolution and what belongs to it; the other way is a block's. */
export interface Shortcut {
  /** The first of its nodes. */
  readonly first: OnnxNode;
  /** The value that both ways come of. */
  readonly from: string;
  /** What the other way ends with. */
  readonly beside: string;
}

/** Nodes of one way: a block has two or three convolutions, each with a few nodes around it. */
const MOST_NODES = 64;

/**
 * Finds sums of two ways of which neither comes of the other, and puts the shorter way's nodes behind those of the longer, so that both
 * can be followed one after the other.
 * @param nodes in the file's order, each behind those whose values it takes
 * @param input of the graph
 */
export function shortcutsLast(
  nodes: readonly OnnxNode[],
  input: string,
): { readonly nodes: readonly OnnxNode[]; readonly shortcuts: readonly Shortcut[] } {
  const ways = new Ways(nodes, input);
  const before = new Map<OnnxNode, readonly OnnxNode[]>();
  const shortcuts: Shortcut[] = [];
  for (const sum of nodes.filter(({ op }) => op === 'Add')) {
    const found = ways.shortcutOf(sum);
    if (found === undefined) continue;
    before.set(sum, found.nodes);
    shortcuts.push(found.shortcut);
  }
  const moved = new Set([...before.values()].flat());
  const ordered = nodes.filter((node) => !moved.has(node)).flatMap((node) => [...(before.get(node) ?? []), node]);
  return { nodes: ordered, shortcuts };
}

class Ways {
  /** By the values that come of the input. */
  private readonly makers = new Map<string, OnnxNode>();
  private readonly input: string;
  private readonly uses = new Map<string, number>();
  /** What asks for the shape of a value alone: it goes where that value does. */
  private readonly shapes = new Map<string, OnnxNode[]>();

  constructor(nodes: readonly OnnxNode[], input: string) {
    this.input = input;
    for (const node of nodes) {
      if (node.op === 'Shape') {
        for (const name of node.inputs) this.shapes.set(name, [...(this.shapes.get(name) ?? []), node]);
        continue;
      }
      for (const name of node.inputs) this.uses.set(name, (this.uses.get(name) ?? 0) + 1);
      if (this.sourcesOf(node).length > 0) {
        for (const name of node.outputs) this.makers.set(name, node);
      }
    }
  }

  shortcutOf(sum: OnnxNode): { readonly nodes: readonly OnnxNode[]; readonly shortcut: Shortcut } | undefined {
    const [one, other] = this.sourcesOf(sum);
    if (one === undefined || other === undefined || one === other) return undefined;
    const [aboveOne, aboveOther] = [this.above(one), this.above(other)];
    if (aboveOne.has(other) || aboveOther.has(one)) return undefined;
    const found = [this.way(one, aboveOther, other), this.way(other, aboveOne, one)].filter((way) => way !== undefined);
    return found.toSorted((a, b) => a.nodes.length - b.nodes.length)[0];
  }

  /** One node behind another, each used once, back to a value that the other way comes of too. */
  private way(end: string, above: ReadonlySet<string>, beside: string) {
    const nodes: OnnxNode[] = [];
    let from = end;
    while (!above.has(from)) {
      const node = this.makers.get(from);
      const sources = node === undefined ? [] : this.sourcesOf(node);
      if (node === undefined || sources.length !== 1 || this.uses.get(from) !== 1) return undefined;
      if (nodes.length === MOST_NODES) return undefined;
      nodes.unshift(node, ...(this.shapes.get(from) ?? []));
      from = sources[0] as string;
    }
    const [first] = nodes;
    const convolutions = nodes.filter(({ op }) => op === 'Conv').length;
    return first === undefined || convolutions !== 1 ? undefined : { nodes, shortcut: { first, from, beside } };
  }

  /** The values that this one comes of, itself among them. */
  private above(value: string): ReadonlySet<string> {
    const found = new Set([value]);
    for (const name of found) {
      const node = found.size > MOST_NODES ? undefined : this.makers.get(name);
      if (node !== undefined) for (const source of this.sourcesOf(node)) found.add(source);
    }
    return found;
  }

  private sourcesOf({ inputs }: OnnxNode): readonly string[] {
    return inputs.filter((name) => name === this.input || this.makers.has(name));
  }
}
