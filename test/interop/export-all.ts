import type { ExportFormatId } from '../../electron/domain/export-formats.ts';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { buildNetwork } from '../../electron/engine/network.ts';
import { exportModel } from '../../electron/model/export/export-model.ts';
import { noiseImages } from '../engine/samples.ts';
import { scatterWeights } from '../model/export/trained.ts';

/** Images that each reader's output is compared on. */
export const IMAGES = 256;

/** Writes one architecture's model in a format, its samples being as many images as the interoperability tests compare. */
export async function exportArchitecture(
  spec: ModelSpec,
  format: ExportFormatId,
  scalingInside: boolean,
  folder: string,
): Promise<void> {
  const network = buildNetwork(spec, 1);
  try {
    scatterWeights(network);
    const samples = noiseImages(IMAGES, spec.inputShape);
    await exportModel({ network, origin: {}, samples }, { format, scalingInside }, folder);
  } finally {
    network.dispose();
  }
}
