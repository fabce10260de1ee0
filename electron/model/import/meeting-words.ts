interface Meeting {
  /** ONNX's operators, and classes of Keras's layers, that put two values together so. */
  readonly by: readonly string[];
  readonly what: string;
  /** Where such are. */
  readonly like: string;
  /** What a person can do. */
  readonly remedy: string;
}

const meetings: readonly Meeting[] = [
  {
    by: ['Add', 'Sum', 'Mean', 'Average'],
    what: 'a sum of two branches',
    like: 'where a shortcut has several layers of its own',
    remedy: 'let each shortcut add what comes in, as it is or by one convolution of 1 × 1',
  },
  {
    by: ['Mul', 'Multiply'],
    what: 'a product of two branches',
    like: 'in gates (GLU, squeeze-and-excitation)',
    remedy: 'put an activation such as SiLU in its place',
  },
  {
    by: ['Concat', 'Concatenate'],
    what: 'a concatenation of two branches',
    like: 'in a U-Net',
    remedy: 'leave out the one that skips layers',
  },
  {
    by: ['MatMul', 'Gemm', 'Einsum', 'Dot', 'Attention', 'AdditiveAttention', 'MultiHeadAttention'],
    what: 'a matrix product of two branches',
    like: 'in attention',
    remedy: 'put a convolution in its place',
  },
  {
    by: ['Div'],
    what: 'a quotient of two branches',
    like: 'where a code is divided by its length',
    remedy: 'leave that out',
  },
  {
    by: ['Sub', 'Subtract'],
    what: 'a difference of two branches',
    like: 'where a mean is taken away',
    remedy: 'leave one of them out',
  },
];

/**
 * What is found where two branches of a model meet, and what can be done about it: the app's models are one path.
 * @param op the operator, or the layer's class
 * @param from what the two part behind, where that is known
 */
export function meetingWords(op: string, again: 'export it again' | 'save it again', from?: string): string {
  const { what, like, remedy } = meetings.find(({ by }) => by.includes(op)) ?? {
    what: `a "${op}" of two branches`,
    like: undefined,
    remedy: 'leave one of them out',
  };
  const parting = from === undefined ? '' : ` from "${from}"`;
  const example = like === undefined ? '' : `, as ${like}`;
  return `${what}${parting}${example}: ${remedy}, train the model on, and ${again}`;
}
