const remedies: readonly (readonly [RegExp, string])[] = [
  [/^(If|Loop|Scan)$/, ', which choose or repeat while the model runs: export it in evaluation mode, with fixed sizes'],
  [/^(De|Dynamic)?[Qq]uantize|^QLinear|Integer$/, ', which are a quantised model’s: export it before it is quantised'],
  [
    /^com\.microsoft\.(Fused|nchwc)/,
    ', which ONNX Runtime writes when it optimises a model: take the file as it was before, or optimise it less (basic)',
  ],
  [/^pkg\./, ', which are functions of PyTorch’s: export with its newest version, or with dynamo=False'],
  [
    /^Random|^Bernoulli|^Multinomial/,
    ', which draw by chance: export the model without them (its mean alone, in evaluation mode)',
  ],
  [
    /^Arg(Max|Min)$|^TopK$|^OneHot$/,
    ', which choose among a codebook’s vectors or classes: export encoder and decoder without what chooses between them',
  ],
  [
    /^(LSTM|GRU|RNN)$/,
    ', which go through a sequence: put dense or convolutional layers in their place, and train it on',
  ],
  [
    /Attention|^(Log)?Softmax$|^Einsum$/,
    ', which weigh values against each other (attention, or classes): put convolutions in their place, or end with Sigmoid, and train it on',
  ],
  [
    /^Reduce(L1|L2|Sum|SumSquare)$|^LpNormalization$/,
    ', which take the length of a code or of other values (L2 normalisation): leave it out, and train the model on',
  ],
];

/** What a person can do where a graph has these operators, behind their names. */
export function remedyFor(operators: readonly string[]): string {
  const known = remedies.find(([pattern]) => operators.some((op) => pattern.test(op)));
  return known?.[1] ?? ': put others in their place, and export the model again';
}
