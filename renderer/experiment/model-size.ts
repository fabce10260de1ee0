import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { layOut } from '../../electron/domain/model-layout.ts';
import { formatBytes, formatCount, formatMillions } from '../widgets/format-number.ts';

/** Bytes a weight takes while it is trained: itself, its gradient and two slots of the optimizer, as float32. */
const BYTES_A_WEIGHT = 16;
/** From here on training is said to take much memory. */
const MUCH = 2e9;

/** "468,368", or "1.3 million" */
export function weightWords(model: ModelSpec): string {
  const { parameters } = layOut(model);
  if (parameters < 1e6) return formatCount(parameters);
  return formatMillions(parameters);
}

/** Why a model may not fit on the machine, and what would make it smaller; nothing for one that will. */
export function memoryHint(model: ModelSpec): string | undefined {
  const bytes = BYTES_A_WEIGHT * layOut(model).parameters;
  if (bytes < MUCH) return undefined;
  return `Training it takes about ${formatBytes(bytes)} of memory for weights alone: the images are large for dense layers. Import them smaller or in grey, or take a convolutional model.`;
}
