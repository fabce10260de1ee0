import { mappedBy } from '../../../engine/inspection/learn-normal.ts';
import { WORST_LINES } from '../../../engine/inspection/lines.ts';
import type { SingleKind } from '../../../engine/inspection/score-picture.ts';
import type { ExportedModel } from '../exported-model.ts';
import type { RuleStatistics, VerdictRule } from '../inspection/verdict-rule.ts';
import { lineDistances } from './line-nodes.ts';
import { nearestDistance } from './nearest.ts';
import { Nodes } from './nodes.ts';
import { ElementType, type OnnxGraph } from './onnx-file.ts';
import { blurMatrix, resizeMatrix } from './plane-matrices.ts';
import { Views, type Seen } from './views.ts';

type Model = Pick<ExportedModel, 'described' | 'spec' | 'scalingInside'>;

/**
 * The app's verdict as a graph: images go in, and out come `score` [batch], `odd` [batch] (whether it is above the threshold) and, of
 * scores that say where, `map` [batch, height, width]. Scores are computed in double precision, as sums of squares and differences of
 * means lose too many digits in single to agree with the app to 1e-5; the network stays single.
 */
export function verdictGraph(model: Model, rule: VerdictRule, about: string): OnnxGraph {
  const graph = new VerdictGraph(model, rule);
  const { score, odd, map } = graph.build();
  const [height, width] = model.spec.inputShape;
  return {
    name: 'inspection',
    about,
    input: {
      name: 'image',
      type: model.scalingInside ? ElementType.uint8 : ElementType.float32,
      shape: model.spec.inputShape,
    },
    outputs: [
      { name: score, type: ElementType.float32, shape: [] },
      { name: odd, type: ElementType.bool, shape: [] },
      ...(map === undefined ? [] : [{ name: map, type: ElementType.float32, shape: [height, width] }]),
    ],
    nodes: graph.nodes.all,
    tensors: graph.nodes.tensors,
  };
}

const WORST = 0.01;
/** Deviations of less are not blown up, in evening. */
const LEAST_DEVIATION = 0.02;
/** Of SSIM. */
const [C1, C2] = [0.01 ** 2, 0.03 ** 2];

class VerdictGraph {
  readonly nodes = new Nodes();
  private readonly model: Model;
  private readonly rule: VerdictRule['rule'];
  private readonly arrays: ReadonlyMap<string, VerdictRule['arrays'][number]>;
  private readonly views: Views;
  private readonly height: number;
  private readonly width: number;
  private readonly channels: number;

  constructor(model: Model, { rule, arrays }: VerdictRule) {
    this.model = model;
    this.views = new Views(this.nodes, model, rule.level);
    this.rule = rule;
    this.arrays = new Map(arrays.map((array) => [array.name, array]));
    [this.height, this.width, this.channels] = model.spec.inputShape;
  }

  build(): { readonly score: string; readonly odd: string; readonly map?: string } {
    const { nodes, rule } = this;
    const judged = new Map(rule.statistics.map((one) => [one.kind, this.judge(one)]));
    const places = rule.parts.map(({ kind, mean, deviation }) => {
      const log = nodes.op('Log', [nodes.atLeast(judged.get(kind)!.score, 1e-12)]);
      return nodes.over(nodes.op('Sub', [log, nodes.number(mean)]), deviation * rule.parts.length);
    });
    const exact = rule.score === 'combined' ? nodes.sum(places) : judged.get(rule.score)!.score;
    const score = nodes.op('Cast', [exact], { to: ElementType.float32 }, 'score');
    // Compared as the app compares: a score is kept as a float.
    const odd = nodes.op('Greater', [nodes.toDouble(score), nodes.number(rule.threshold)], {}, 'odd');
    const found = judged.get(mappedBy(rule.score))?.map;
    if (found === undefined) return { score, odd };
    return { score, odd, map: nodes.op('Cast', [found], { to: ElementType.float32 }, 'map') };
  }

  private judge({ kind, evening, pieces }: RuleStatistics): { readonly score: string; readonly map?: string } {
    const { nodes } = this;
    const seen = this.views.of(evening);
    switch (kind) {
      case 'code-distance': {
        const centred = nodes.op('Sub', [seen.through().code, this.array('code-mean')]);
        const white = nodes.op('MatMul', [centred, nodes.transposed(this.array('code-whitening'), [1, 0])]);
        return { score: nodes.mean(nodes.square(white), [1]) };
      }
      case 'code-neighbours': {
        const { size } = this.model.spec.code;
        const known = nodes.op('Reshape', [this.array('known'), nodes.integers([-1, size])]);
        const count = this.arrays.get('known')!.data.length / size;
        return { score: nearestDistance(nodes, seen.through().code, known, count) };
      }
      case 'variations':
        return this.variations(seen);
      case 'pieces':
        return this.scored(kind, this.pieceMap(seen.pictures, pieces!));
      case 'lines':
        return this.scored(kind, this.lineMap(seen.pictures));
      case 'structure':
        return this.scored(kind, this.dissimilarity(seen));
      default:
        return this.scored(kind, this.errors(kind, seen));
    }
  }

  private errors(kind: SingleKind, seen: Seen): string {
    const { nodes } = this;
    const off = nodes.op('Sub', [seen.pictures, seen.through().output]);
    const errors = nodes.mean(nodes.square(off), [3]);
    if (kind === 'squared-error') return errors;
    const inSpreads = nodes.op('Div', [errors, nodes.square(this.array(`${kind}-spread`))]);
    return kind === 'spread-error' ? inSpreads : this.blurred(inSpreads, this.shorter(48));
  }

  private dissimilarity(seen: Seen): string {
    const { nodes } = this;
    const planes = (images: string): string => nodes.transposed(images, [0, 3, 1, 2]);
    const window = (values: string): string => this.blurred(values, 1.5);
    const [one, other] = [planes(seen.pictures), planes(seen.through().output)];
    const [mean, second] = [window(one), window(other)];
    const product = nodes.op('Mul', [mean, second]);
    const [meanSquare, secondSquare] = [nodes.square(mean), nodes.square(second)];
    const variance = nodes.atLeast(nodes.op('Sub', [window(nodes.square(one)), meanSquare]), 0);
    const spread = nodes.atLeast(nodes.op('Sub', [window(nodes.square(other)), secondSquare]), 0);
    const both = nodes.op('Sub', [window(nodes.op('Mul', [one, other])), product]);
    const twice = (value: string, plus: number): string =>
      nodes.op('Add', [nodes.op('Mul', [value, nodes.number(2)]), nodes.number(plus)]);
    const plus = (values: readonly string[], more: number): string =>
      nodes.op('Add', [nodes.sum(values), nodes.number(more)]);
    const top = nodes.op('Mul', [twice(product, C1), twice(both, C2)]);
    const bottom = nodes.op('Mul', [plus([meanSquare, secondSquare], C1), plus([variance, spread], C2)]);
    return nodes.mean(nodes.op('Sub', [nodes.number(1), nodes.op('Div', [top, bottom])]), [1]);
  }

  private pieceMap(pictures: string, about: NonNullable<RuleStatistics['pieces']>): string {
    const { nodes, height, width, channels } = this;
    const { side, stride, columns, rows, local } = about;
    const [places, values] = [rows * columns, side * side * channels];
    const inPiece = Array.from({ length: values }, (_, at) => {
      const pixel = Math.floor(at / channels);
      return (Math.floor(pixel / side) * width + (pixel % side)) * channels + (at % channels);
    });
    const indices = Array.from({ length: places }, (_, place) => {
      const first = (Math.floor(place / columns) * stride * width + (place % columns) * stride) * channels;
      return inPiece.map((at) => first + at);
    });
    const flat = nodes.op('Reshape', [pictures, nodes.integers([-1, height * width * channels])]);
    const cut = nodes.op('Gather', [flat, nodes.integers(indices.flat(), [places, values])], { axis: 1 });
    const pieces = local ? this.evenedPieces(cut) : cut;
    const centred = nodes.op('Sub', [pieces, this.array('pieces-mean')]);
    const features = nodes.op('MatMul', [centred, nodes.transposed(this.array('pieces-filters'), [1, 0])]);
    const [, , count = 1, size = 1] = this.arrays.get('pieces-known')!.shape;
    const known = nodes.op('Reshape', [this.array('pieces-known'), nodes.integers([places, count, size])]);
    // By place: the batch is a place's rows.
    const distance = nodes.transposed(
      nearestDistance(nodes, nodes.transposed(features, [1, 0, 2]), known, count, true),
      [1, 0],
    );
    const cells = nodes.op('Reshape', [distance, nodes.integers([-1, rows, columns])]);
    const beyond = nodes.op('Div', [
      nodes.op('Sub', [cells, this.array('pieces-distance-mean')]),
      this.array('pieces-distance-deviation'),
    ]);
    const usual = nodes.op('Add', [nodes.over(beyond, 4), nodes.number(1)]);
    return this.resized(this.blurred(nodes.atLeast(usual, 0.01), 1, rows, columns), rows, columns);
  }

  private evenedPieces(pieces: string): string {
    const { nodes } = this;
    const mean = nodes.mean(pieces, [2], true);
    const variance = nodes.op('Sub', [nodes.mean(nodes.square(pieces), [2], true), nodes.square(mean)]);
    const deviation = nodes.op('Sqrt', [nodes.atLeast(variance, 0)]);
    const least = nodes.op('Add', [deviation, nodes.number(LEAST_DEVIATION)]);
    return nodes.op('Div', [nodes.op('Sub', [pieces, mean]), least]);
  }

  /** See engine/inspection/variations.ts. */
  private variations({ pictures }: Seen): { readonly score: string; readonly map: string } {
    const { nodes } = this;
    const whole = this.unexplained(pictures, 'whole');
    const around = this.unexplained(this.evenedAround(pictures), 'around');
    const lines = this.lineMap(pictures);
    const [known = 1, codeSize = 1] = this.arrays.get('variations.known')!.shape;
    const spreads = Math.min(8, codeSize);
    const code = nodes.first(whole.code, codeSize, 1);
    const variances = nodes.first(this.array('variations.whole.variances'), spreads, 0);
    const leading = nodes.op('Div', [nodes.square(nodes.first(code, spreads, 1)), variances]);
    const parts = [
      nearestDistance(nodes, code, this.array('variations.known'), known),
      nodes.mean(leading, [1]),
      this.worst(this.inside(whole.map), WORST),
      this.worst(this.inside(around.map), WORST),
      this.worst(this.inside(lines), WORST_LINES),
    ].map((part) => nodes.op('Unsqueeze', [part, nodes.integers([1])]));
    const logs = nodes.op('Log', [nodes.atLeast(nodes.op('Concat', parts, { axis: 1 }), 1e-12)]);
    const place = nodes.op('Div', [
      nodes.op('Sub', [logs, this.array('variations.parts.mean')]),
      this.array('variations.parts.deviation'),
    ]);
    const above = nodes.atLeast(nodes.op('Add', [place, nodes.number(2)]), 0);
    const score = nodes.atLeast(nodes.op('Sqrt', [nodes.mean(nodes.square(above), [1])]), 0.05);
    return { score, map: nodes.over(nodes.sum([whole.map, around.map, nodes.square(lines)]), 3) };
  }

  private lineMap(pictures: string): string {
    const { nodes, height, width } = this;
    const [known, deviation, usual] = [
      this.array('lines.known'),
      this.array('lines.deviation'),
      this.array('lines.usual'),
    ];
    const [, , count = 1] = this.arrays.get('lines.known')!.shape;
    const found = lineDistances(nodes, pictures, [height, width], { known, deviation, usual, count });
    return this.resized(found.distances, found.rows, found.columns);
  }

  private unexplained(pictures: string, view: 'whole' | 'around'): { readonly code: string; readonly map: string } {
    const { nodes, height, width, channels } = this;
    const rows = nodes.op('Reshape', [pictures, nodes.integers([-1, height * width * channels])]);
    const centred = nodes.op('Sub', [rows, this.array(`variations.${view}.mean`)]);
    const components = this.array(`variations.${view}.components`);
    const code = nodes.op('MatMul', [centred, nodes.transposed(components, [1, 0])]);
    const left = nodes.op('Sub', [centred, nodes.op('MatMul', [code, components])]);
    const planes = nodes.op('Reshape', [nodes.square(left), nodes.integers([-1, height, width, channels])]);
    const smooth = this.blurred(nodes.mean(planes, [3]), this.shorter(25));
    return { code, map: nodes.op('Div', [smooth, this.array(`variations.${view}.usual`)]) };
  }

  private evenedAround(pictures: string): string {
    const { nodes } = this;
    const planes = nodes.transposed(pictures, [0, 3, 1, 2]);
    const centred = nodes.op('Sub', [planes, this.blurred(planes, this.shorter(8))]);
    const squares = nodes.atLeast(this.blurred(nodes.square(centred), this.shorter(8)), 0);
    const spread = nodes.op('Add', [nodes.op('Sqrt', [squares]), nodes.number(LEAST_DEVIATION)]);
    return nodes.transposed(nodes.op('Div', [centred, spread]), [0, 2, 3, 1]);
  }

  private scored(kind: SingleKind, map: string): { readonly score: string; readonly map: string } {
    const { nodes } = this;
    const values = this.inside(map);
    if (kind === 'squared-error' || kind === 'spread-error') return { score: nodes.mean(values, [1]), map };
    if (kind === 'structure') return { score: this.worst(values, WORST), map };
    if (kind === 'lines') return { score: this.worst(values, WORST_LINES), map };
    return { score: nodes.op('ReduceMax', [values], { axes: [1], keepdims: 0 }), map };
  }

  /** What counts of a map: [batch, values]. */
  private inside(map: string): string {
    const { nodes } = this;
    const { window } = this.rule;
    if (window === undefined) return nodes.op('Flatten', [map], { axis: 1 });
    const { left, top, width, height } = window;
    const starts = nodes.integers([top, left]);
    const part = nodes.op('Slice', [map, starts, nodes.integers([top + height, left + width]), nodes.integers([1, 2])]);
    return nodes.op('Flatten', [part], { axis: 1 });
  }

  /** The mean of the worst share of values, by row. */
  private worst(values: string, share: number): string {
    const { window } = this.rule;
    const count = (window?.width ?? this.width) * (window?.height ?? this.height);
    return this.nodes.mean(this.nodes.top(values, Math.max(1, Math.round(count * share)), true), [1]);
  }

  /** Planes [… × height × width], smoothed by a Gaussian. */
  private blurred(planes: string, deviation: number, height = this.height, width = this.width): string {
    return this.nodes.linear(planes, blurMatrix(height, deviation), blurMatrix(width, deviation));
  }

  private resized(planes: string, height: number, width: number): string {
    return this.nodes.linear(planes, resizeMatrix(height, this.height), resizeMatrix(width, this.width));
  }

  /** A deviation in pixels: this part of the shorter side, one at least. */
  private shorter(part: number): number {
    return Math.max(1, Math.min(this.height, this.width) / part);
  }

  /** One of the rule's arrays, as doubles. */
  private array(name: string): string {
    const { data, shape } = this.arrays.get(name)!;
    return this.nodes.array(name, data, shape);
  }
}
