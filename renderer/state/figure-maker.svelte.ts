import { StudioError, toErrorData, unwrap, type ErrorData } from '../../electron/contract/errors.ts';
import { gathered } from './align.ts';
import type { Latent } from './latent.svelte.ts';
import { figurePng, figureSvg, paperFigure, type PaperFigure } from './paper-figure.ts';
import { saveFile } from './save-file.ts';

/** Makes the paper's figure of the model on view: the fixed subset of the test images, whichever split is shown. */
export class FigureMaker {
  making = $state(false);
  problem = $state.raw<ErrorData>();
  readonly #latent: Latent;

  constructor(latent: Latent) {
    this.#latent = latent;
  }

  async make(kind: 'png' | 'svg'): Promise<void> {
    if (this.making) return;
    this.making = true;
    this.problem = undefined;
    try {
      const strokes = paperFigure(await this.#figure());
      const name = `${this.#latent.explorer.model?.runId ?? 'run'}-figure.${kind}`;
      if (kind === 'svg') saveFile(name, [figureSvg(strokes)], 'image/svg+xml');
      else saveFile(name, [await figurePng(strokes)], 'image/png');
    } catch (error) {
      this.problem = toErrorData(error);
    }
    this.making = false;
  }

  async #figure(): Promise<PaperFigure> {
    const { explorer, record, colouring } = this.#latent;
    const { api, model, details, imageSet } = explorer;
    if (!model || !details || !record) throw new StudioError('not-found', 'Expected an opened model, found none.');
    const validationCount = record.experiment.training.validationCount;
    const { subset, map } = unwrap(
      await api.call('image-set:baseline', { imageSet: details.imageSet, validationCount }),
    );
    const whole =
      explorer.split === 'test' && explorer.map
        ? explorer.map
        : unwrap(await api.call('model:map', { model, split: 'test' }));
    return {
      title: this.#title(subset.indices, whole.squaredErrors),
      panels: [
        { caption: 'First two principal components of the pixels', points: map },
        {
          caption: this.#codesAre(whole.mapIs, details.spec.code.size),
          points: gathered(whole.points, subset.indices),
        },
      ],
      labels: subset.labels,
      labelNames: imageSet?.labelNames ?? [],
      palette: colouring.palette,
    };
  }

  #title(indices: Uint32Array, errors: Float32Array): string {
    const { record, explorer } = this.#latent;
    const mean = errors.reduce((sum, error) => sum + error, 0) / Math.max(1, errors.length);
    const set = explorer.imageSet?.name ?? '';
    const { name, epochsDone } = record!.summary;
    return (
      `${set}: ${indices.length.toLocaleString('en')} test images · ${name}, ${epochsDone} epochs · ` +
      `squared error ${mean.toFixed(2)} per test image`
    );
  }

  #codesAre(mapIs: 'code' | 'principal-plane', size: number): string {
    const { spec } = this.#latent.explorer.details!;
    const layers = spec.encoder;
    const pixels = spec.inputShape.reduce((product, side) => product * side, 1);
    const widths = layers.flatMap((layer) => ('units' in layer ? [layer.units] : []));
    const shape = widths.length > 0 ? ` (${[pixels, ...widths, size].join('-')})` : '';
    return mapIs === 'code'
      ? `Codes of the autoencoder${shape}`
      : `${size}-D codes${shape} on their two principal components`;
  }
}
