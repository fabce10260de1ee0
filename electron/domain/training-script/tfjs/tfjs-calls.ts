import type { LayerShape } from '../../layer-settings.ts';
import { indented, SCRIPT_WIDTH } from '../script-text.ts';

/** One layer as it is made. */
export type LayerCall = OptionsCall | ResidualCall;

/** By one object of options. */
export interface OptionsCall {
  readonly made: string;
  readonly options: readonly string[];
  /** A second argument. */
  readonly of?: string;
}

/** By two lists of layers, and the shape that comes in. */
export interface ResidualCall {
  readonly inputShape: LayerShape;
  readonly inner: readonly LayerCall[];
  readonly beside: readonly LayerCall[];
}

/** A layer of the library's own. */
export const library = (name: string, options: readonly string[] = []): OptionsCall => ({
  made: `tf.layers.${name}`,
  options,
});

/** On one line where there is room. */
export function written(call: LayerCall): string {
  if ('inner' in call) return writtenResidual(call);
  const { made, options, of } = call;
  const then = of === undefined ? '' : `, ${of}`;
  if (options.length === 0) return `${made}()`;
  const line = `${made}({ ${options.join(', ')} }${then})`;
  return line.length + '  ,'.length <= SCRIPT_WIDTH
    ? line
    : `${made}({\n${options.map((option) => `  ${option},\n`).join('')}}${then})`;
}

function writtenResidual({ inputShape, inner, beside }: ResidualCall): string {
  const listed = (calls: readonly LayerCall[]): string[] => calls.map((call) => indented(2, [`${written(call)},`]));
  return [
    `residual([${inputShape.join(', ')}], [`,
    ...listed(inner),
    ...(beside.length > 0 ? ['], [', ...listed(beside)] : []),
    '])',
  ].join('\n');
}

/** The lines that add a layer, broken as Prettier would where that is enough. */
function added(name: string, layer: LayerCall): string[] {
  const inner = written(layer);
  const isWhole = !inner.includes('\n');
  if (isWhole && `${name}.add(${inner});`.length > SCRIPT_WIDTH) return [`${name}.add(`, `  ${inner},`, ');'];
  return [`${name}.add(${inner});`];
}

/** The lines that make a model of these layers, one after another. */
export function sequential(name: string, inputShape: LayerShape, layers: readonly LayerCall[]): string {
  const lines = [`const ${name} = tf.sequential();`];
  const shape = `inputShape: ${inputShape.length > 1 ? 'SHAPE' : `[${inputShape.join(', ')}]`}`;
  const [first, ...others] = layers;
  const entry = first && 'options' in first && { ...first, options: [shape, ...first.options] };
  const every =
    entry && !written(entry).includes('\n') ? [entry, ...others] : [library('inputLayer', [shape]), ...layers];
  for (let at = 0; at < every.length;) {
    const layer = every[at]!;
    const alike = every.slice(at).findIndex((other) => !differsInUnits(layer, other));
    const run = every.slice(at, alike < 0 ? undefined : at + alike);
    if (run.length < LEAST_IN_LOOP) lines.push(...added(name, layer));
    else lines.push(...loop(name, run));
    at += run.length < LEAST_IN_LOOP ? 1 : run.length;
  }
  return lines.join('\n');
}

/** Dense layers in a row that a loop adds. */
const LEAST_IN_LOOP = 3;

/** Whether both are dense and alike but for their units. */
function differsInUnits(one: LayerCall, other: LayerCall): boolean {
  if (!isDense(one) || !isDense(other)) return false;
  const [units = '', ...rest] = one.options;
  const [otherUnits = '', ...otherRest] = other.options;
  return units.startsWith('units: ') && otherUnits.startsWith('units: ') && rest.join() === otherRest.join();
}

const isDense = (call: LayerCall): call is OptionsCall => 'made' in call && call.made === 'tf.layers.dense';

/** @param run dense layers */
function loop(name: string, run: readonly LayerCall[]): string[] {
  const options = run.map((call) => ('options' in call ? call.options : []));
  const units = options.map(([first]) => first?.replace('units: ', ''));
  const one = written(library('dense', ['units: n', ...(options[0]?.slice(1) ?? [])]));
  const [head, body] = [`for (const n of [${units.join(', ')}])`, `${name}.add(${one});`];
  return `${head} ${body}`.length <= SCRIPT_WIDTH ? [`${head} ${body}`] : [head, `  ${body}`];
}
