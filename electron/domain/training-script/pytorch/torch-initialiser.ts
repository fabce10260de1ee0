import { assertNever } from '../../errors.ts';
import type { ModelSpec } from '../../experiment.ts';
import type { LayoutLayer } from '../../model-layout.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** The lines that draw the first weights of `model`. */
export function torchInitialiser({ model, encoder, code, decoder }: ScriptPlan): string[] {
  const layers = [...encoder, code, ...decoder];
  const kinds = [
    'nn.Linear',
    ...(layers.some(convolves) ? ['nn.Conv2d'] : []),
    ...(layers.some((layer) => layer.kind === 'conv' && layer.transposed) ? ['nn.ConvTranspose2d'] : []),
  ];
  const separable = layers.some(({ kind }) => kind === 'separable');
  const { draw, comment } = drawing(model.initialiser, kinds.includes('nn.ConvTranspose2d'), separable);
  const biasless = separable || layers.some((layer) => 'batchNorm' in layer && layer.batchNorm);
  const bias = model.initialiser === 'standard-normal' ? 'nn.init.normal_(layer.bias)' : 'nn.init.zeros_(layer.bias)';
  return [
    'for layer in model.modules():',
    `    if isinstance(layer, ${kinds.length === 1 ? kinds[0] : `(${kinds.join(', ')})`}):`,
    ...(comment === undefined ? [] : [`        # ${comment}`]),
    ...draw.map((line) => `        ${line}`),
    ...(biasless ? ['        if layer.bias is not None:', `            ${bias}`] : [`        ${bias}`]),
  ];
}

const convolves = (layer: LayoutLayer): boolean =>
  layer.kind === 'separable' || layer.kind === 'residual' || (layer.kind === 'conv' && !layer.transposed);

interface Drawing {
  readonly draw: readonly string[];
  readonly comment?: string;
}

/**
 * @param transposing whether there are transposed convolutions: PyTorch takes their fan in for their fan out
 * @param separable whether there are separable ones: PyTorch counts all channels to a single one's fan out
 */
function drawing(initialiser: ModelSpec['initialiser'], transposing: boolean, separable: boolean): Drawing {
  const glorot = (distribution: 'uniform' | 'normal'): Drawing => {
    const plain = `nn.init.xavier_${distribution}_(layer.weight)`;
    if (!separable) return { draw: [plain] };
    const alone = `nn.init.kaiming_${distribution}_(layer.weight, nonlinearity="linear")`;
    return {
      draw: ['if getattr(layer, "groups", 1) > 1:  # each channel by itself', `    ${alone}`, 'else:', `    ${plain}`],
    };
  };
  const byFanIn = (call: string, comment: string): Drawing => {
    if (!transposing) return { draw: [`${call})`], comment };
    const mode = 'mode = "fan_out" if isinstance(layer, nn.ConvTranspose2d) else "fan_in"';
    return { draw: [mode, `${call}, mode=mode)`], comment };
  };
  switch (initialiser) {
    case 'standard-normal':
      return {
        draw: ['nn.init.normal_(layer.weight)'],
        comment: 'N(0, 1), as the article’s tf.random_normal: large, so that most sigmoids begin flat.',
      };
    case 'glorot-uniform':
      return glorot('uniform');
    case 'glorot-normal':
      return glorot('normal');
    case 'he-uniform':
      return byFanIn('nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu"', 'He et al. 2015');
    case 'he-normal':
      return byFanIn('nn.init.kaiming_normal_(layer.weight, nonlinearity="relu"', 'He et al. 2015');
    case 'lecun-normal':
      return byFanIn('nn.init.kaiming_normal_(layer.weight, nonlinearity="linear"', 'LeCun et al. 1998');
    default:
      return assertNever(initialiser);
  }
}
