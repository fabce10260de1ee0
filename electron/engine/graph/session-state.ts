import { tf } from '../tensorflow.ts';
import type { Feed, GraphSession } from './session.ts';
import { getVariables, setVariables, tensorsOfVariables, type SessionVariable } from './session-variables.ts';

/** A part of the state, and whether it is a weight: they come first, and are mostly read without the others. */
export interface SessionPart {
  readonly variable: SessionVariable;
  readonly isWeight: boolean;
}

/** So many values go in or out at once: TensorFlow goes over the whole graph, some 20 ms, for each new choice of what is asked of it. */
const VALUES_AT_ONCE = 2 ** 22;

/** A state of no more values is read as a whole: weights without the rest would be a choice more. */
const FEW_VALUES = 2 ** 16;

/** A variable that is no part of the state, and what it is to hold. */
export interface Beside {
  readonly variable: SessionVariable;
  readonly values: Feed['values'];
}

/** The training state in a session, read and set part by part, and several small parts together. */
export class SessionState {
  private readonly session: GraphSession;
  private readonly parts: readonly SessionPart[];
  /** Parts that go together. */
  private readonly groups: readonly (readonly number[])[];
  /** Read with another, and not yet asked for. */
  private readonly fetched = new Map<number, Float32Array>();
  /** Not yet in the session. */
  private readonly given = new Map<number, Float32Array>();

  constructor(session: GraphSession, parts: readonly SessionPart[]) {
    this.session = session;
    this.parts = parts;
    this.groups = grouped(parts, parts.reduce((sum, part) => sum + sizeOf(part), 0) > FEW_VALUES);
  }

  /**
   * Sets all parts for the first time, in as few calls as there can be: none of them is made a second time.
   * @param valuesOf asked for each part in turn
   * @param beside set with the first of them
   */
  fill(valuesOf: (part: number) => Float32Array, beside: readonly Beside[]): void {
    const [first = [], ...others] = grouped(this.parts, false);
    const set = (parts: readonly number[], more: readonly Beside[]): void => {
      const variables = [...more.map(({ variable }) => variable), ...this.variablesOf(parts)];
      setVariables(this.session, variables, [...more.map(({ values }) => values), ...parts.map(valuesOf)]);
    };
    set(first, beside);
    for (const group of others) set(group, []);
  }

  read(part: number): Float32Array {
    this.settle();
    if (!this.fetched.has(part)) {
      this.fetched.clear();
      const group = this.groupOf(part);
      getVariables(this.session, this.variablesOf(group)).forEach((values, at) => this.fetched.set(group[at]!, values));
    }
    const values = this.fetched.get(part)!;
    this.fetched.delete(part);
    return values;
  }

  /** Hands out each weight as a tensor, which copies nothing and is freed afterwards. */
  eachWeight(take: (part: number, values: tf.Tensor) => void): void {
    this.settle();
    const isWeight = (part: number): boolean => this.parts[part]!.isWeight;
    for (const group of this.groups.filter((parts) => parts.some(isWeight))) {
      const tensors = tensorsOfVariables(this.session, this.variablesOf(group));
      group.forEach((part, at) => {
        if (isWeight(part)) take(part, tensors[at]!);
      });
      tf.dispose(tensors);
    }
  }

  /** The array is this object's from then on; it is in the session once `settle` has been called. */
  write(part: number, values: Float32Array): void {
    this.given.set(part, values);
    const group = this.groupOf(part);
    if (group.every((each) => this.given.has(each))) this.set(group);
  }

  /** To be called before anything else reads or changes the session's state. */
  settle(): void {
    for (const group of this.groups) this.set(group.filter((part) => this.given.has(part)));
  }

  /** To be called when something else has changed it. */
  forget(): void {
    this.fetched.clear();
  }

  private set(parts: readonly number[]): void {
    if (parts.length === 0) return;
    this.fetched.clear();
    const values = parts.map((part) => this.given.get(part)!);
    setVariables(this.session, this.variablesOf(parts), values);
    for (const part of parts) this.given.delete(part);
  }

  private groupOf(part: number): readonly number[] {
    return this.groups.find((group) => group.includes(part))!;
  }

  private variablesOf(parts: readonly number[]): SessionVariable[] {
    return parts.map((part) => this.parts[part]!.variable);
  }
}

/** @param weightsApart whether weights are in groups of their own */
function grouped(parts: readonly SessionPart[], weightsApart: boolean): number[][] {
  const groups: number[][] = [];
  let values = 0;
  for (const [part, own] of parts.entries()) {
    const size = sizeOf(own);
    const last = groups.at(-1);
    const isLike = last !== undefined && (!weightsApart || parts[last[0]!]!.isWeight === own.isWeight);
    if (isLike && values + size <= VALUES_AT_ONCE) {
      last.push(part);
      values += size;
    } else {
      groups.push([part]);
      values = size;
    }
  }
  return groups;
}

function sizeOf({ variable }: SessionPart): number {
  return variable.shape.reduce((all, length) => all * length, 1);
}
