import { StudioError } from '../../domain/errors.ts';
import { tf } from '../tensorflow.ts';
import { trace, withoutDeadNodes, withoutTwins, type Trace } from './trace.ts';

/** What is traced: the inputs of one run, and the run itself. */
export interface Traceable {
  readonly inputs: readonly tf.Tensor[];
  readonly compute: () => readonly tf.Tensor[];
}

/**
 * The trace of a computation on its variables and inputs, made twice on different values and compared. The variables keep theirs.
 * @param make the computation on inputs that depend on the number it is given; runs inside `tf.tidy`
 * @throws StudioError `engine-failed` where the two differ; whatever the computation throws
 */
export function checkedTrace(variables: readonly tf.Variable[], make: (fill: number) => Traceable): Trace {
  const once = (fill: number): Trace => {
    let traced: Trace | undefined;
    tf.tidy(() => {
      const { inputs, compute } = make(fill);
      traced = trace([...variables, ...inputs], compute);
    });
    return traced as unknown as Trace;
  };
  const first = once(0.5);
  const second = withOtherValues(variables, () => once(0.25));
  checkSameTrace(first, second);
  return withoutTwins(withoutDeadNodes(first));
}

function withOtherValues<T>(variables: readonly tf.Variable[], body: () => T): T {
  const kept = variables.map((variable) => variable.clone());
  try {
    for (const variable of variables) tf.tidy(() => variable.assign(tf.add(variable, 1)));
    return body();
  } finally {
    variables.forEach((variable, index) => variable.assign(kept[index] as tf.Tensor));
    tf.dispose(kept);
  }
}

/**
 * Two traces of one computation on different inputs must be the same graph with the same constants. A constant that differs
 * was computed outside the graph (JavaScript's own randomness, or a value read from a tensor) and would be frozen in it.
 * @throws StudioError `engine-failed` naming the op that differs
 */
function checkSameTrace(first: Trace, second: Trace): void {
  if (first.nodes.length !== second.nodes.length) {
    throw refused(`it ran ${first.nodes.length} ops on one input and ${second.nodes.length} on another`);
  }
  first.nodes.forEach((node, index) => {
    const other = second.nodes[index];
    if (other?.op !== node.op || JSON.stringify(other.inputs) !== JSON.stringify(node.inputs)) {
      throw refused(`op ${index} is ${node.op} on one input and ${other?.op} on another`);
    }
    if (JSON.stringify(other.attributes) !== JSON.stringify(node.attributes)) {
      throw refused(`the attributes of op ${index} (${node.op}) depend on the input`);
    }
  });
  first.constants.forEach((constant, index) => {
    const other = second.constants[index];
    if (other === undefined || Buffer.compare(constant.bytes, other.bytes) !== 0) {
      throw refused(
        `a constant used by ${userOf(first, index)} differs from one run to the next (JavaScript randomness or data)`,
      );
    }
  });
  if (JSON.stringify(first.results) !== JSON.stringify(second.results))
    throw refused('its results come from different ops');
}

function userOf(trace: Trace, constant: number): string {
  const index = trace.nodes.findIndex(({ inputs }) =>
    inputs.some((input) => input.from === 'constant' && input.index === constant),
  );
  return index === -1 ? 'no op' : `op ${index} (${trace.nodes[index]?.op})`;
}

function refused(why: string): StudioError {
  return new StudioError('engine-failed', `The computation cannot be compiled: ${why}.`);
}
