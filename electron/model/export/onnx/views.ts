import type { Evening } from '../../../domain/inspection/scores.ts';
import type { Level } from '../../../engine/inspection/evening.ts';
import type { ExportedModel } from '../exported-model.ts';
import type { Nodes } from './nodes.ts';
import { ElementType } from './onnx-file.ts';
import { onnxGraph } from './onnx-graph.ts';

type Model = Pick<ExportedModel, 'described' | 'scalingInside'>;

/** A picture as a score sees it, and what the model makes of it: doubles [batch, height, width, channels], code [batch, size]. */
export interface Seen {
  readonly pictures: string;
  readonly through: () => { readonly output: string; readonly code: string };
}

/** Deviations of less are not blown up, in evening. */
const LEAST_DEVIATION = 0.02;

/** Pictures as scores see them, evened or not, and the network on each: nodes that are made once. */
export class Views {
  private readonly nodes: Nodes;
  private readonly model: Model;
  private readonly level: Level;
  private readonly made = new Map<Evening, Seen>();

  constructor(nodes: Nodes, model: Model, level: Level) {
    this.nodes = nodes;
    this.model = model;
    this.level = level;
  }

  /** What the pictures are for an evening: made once. */
  of(evening: Evening): Seen {
    // Pieces are evened around each pixel by themselves, and see the picture as it is.
    const wanted = evening === 'picture' ? 'picture' : 'none';
    const known = this.made.get(wanted);
    if (known !== undefined) return known;
    const given = this.made.get('none')?.pictures ?? this.given();
    const pictures = wanted === 'picture' ? this.evened(given) : given;
    let through: { readonly output: string; readonly code: string } | undefined;
    const seen = { pictures, through: () => (through ??= this.network(pictures, wanted)) };
    this.made.set(wanted, seen);
    return seen;
  }

  private given(): string {
    const { nodes } = this;
    if (!this.model.scalingInside) return nodes.toDouble('image');
    // The app's own numbers: floats of bytes over 255.
    const bytes = nodes.op('Div', [nodes.toDouble('image'), nodes.number(255)]);
    return nodes.toDouble(nodes.op('Cast', [bytes], { to: ElementType.float32 }));
  }

  private evened(pictures: string): string {
    const { nodes, level } = this;
    const mean = nodes.mean(pictures, [1, 2, 3], true);
    const squares = nodes.mean(nodes.square(pictures), [1, 2, 3], true);
    const variance = nodes.op('Sub', [squares, nodes.square(mean)]);
    const deviation = nodes.atLeast(nodes.op('Sqrt', [nodes.atLeast(variance, 0)]), LEAST_DEVIATION);
    const factor = nodes.op('Div', [nodes.number(level.deviation), deviation]);
    const scaled = nodes.op('Mul', [nodes.op('Sub', [pictures, mean]), factor]);
    const even = nodes.op('Add', [scaled, nodes.number(level.mean)]);
    return nodes.toDouble(nodes.op('Cast', [even], { to: ElementType.float32 }));
  }

  private network(pictures: string, view: Evening): { readonly output: string; readonly code: string } {
    const { nodes } = this;
    const { encoder, decoder } = this.model.described;
    const floats = nodes.op('Cast', [pictures], { to: ElementType.float32 });
    const code = nodes.splice(onnxGraph(encoder, false, ''), floats, `${view}/encoder`);
    const output = nodes.splice(onnxGraph(decoder, false, ''), code, `${view}/decoder`);
    return { output: nodes.toDouble(output), code: nodes.toDouble(code) };
  }
}
