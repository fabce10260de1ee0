/** Of each part what no other part has; where two answer one channel, that channel's type says so and nothing is assignable to it. */
type Disjoint<Parts extends readonly object[]> = {
  readonly [I in keyof Parts]: {
    readonly [K in keyof Parts[I]]: K extends KeysBeside<Parts, I> ? never : Parts[I][K];
  };
};

type KeysBeside<Parts extends readonly object[], I> = {
  [J in keyof Parts]: J extends I ? never : keyof Parts[J];
}[number];

type Together<Parts extends readonly object[]> = Parts extends readonly [
  infer First,
  ...infer Rest extends readonly object[],
]
  ? First & Together<Rest>
  : unknown;

/**
 * The handlers of several services as one table. Where two of them answer one channel it does not compile; that none is missing
 * says the type of what it is assigned to.
 */
export function handlersOf<Parts extends readonly object[]>(...parts: Parts & Disjoint<Parts>): Together<Parts> {
  return Object.assign({}, ...parts) as Together<Parts>;
}
