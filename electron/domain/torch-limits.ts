import { traineeGaps } from './cluster-limits.ts';
import { StudioError } from './errors.ts';
import type { Experiment, LayerSpec } from './experiment.ts';
import type { LayoutProblem } from './layer-settings.ts';

type Trained = Pick<Experiment, 'model' | 'training'>;

/**
 * What of an experiment PyTorch does not train on this computer's devices; none where it trains it whole. What comes before the first
 * step (pretraining, a start at PCA, the weights of another run) is done by the engine. Paths are as in `experimentProblems`.
 */
export function torchProblems({ model, training }: Trained): readonly LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  const refuse = (path: string, found: string): void => {
    problems.push({ path, message: `PyTorch does not train ${found} here. Train this experiment on the processor.` });
  };
  if (model.code.map !== undefined && (model.code.variational || training.regularisers.contractive > 0)) {
    refuse('model.code', 'a variational or contracted code that is an image');
  }
  for (const [path, found] of traineeGaps({ model, training })) refuse(path, found);
  const sides = { encoder: model.encoder, decoder: model.decoder === 'mirror' ? [] : model.decoder };
  for (const [side, layers] of Object.entries(sides) as [string, readonly LayerSpec[]][]) {
    layers.forEach((layer, index) => {
      const dropout = layer.kind === 'dropout' || ('dropout' in layer && (layer.dropout ?? 0) > 0);
      if (dropout) refuse(`model.${side}.${index}`, 'with dropout');
    });
  }
  if (typeof model.decoderEnds === 'object' && (model.decoderEnds.start.dropout ?? 0) > 0) {
    refuse('model.decoderEnds', 'with dropout');
  }
  return problems;
}

/** @throws StudioError `bad-spec` with the first of these problems */
export function checkForTorch(experiment: Trained): void {
  const [first] = torchProblems(experiment);
  if (first) throw new StudioError('bad-spec', `${first.path}: ${first.message}`);
}
