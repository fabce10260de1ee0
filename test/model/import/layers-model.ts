import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A layer as a test says it: its class, its name and what else its configuration holds. */
export type KerasEntry = { readonly class: string; readonly name: string } & Readonly<Record<string, unknown>>;

/** Writes a LayersModel of dense layers on rows, or of convolutions from one channel to one; every weight is 0.1. */
export function layersModel(folder: string, inputShape: readonly number[], layers: readonly KerasEntry[]): void {
  let [width] = [inputShape.reduce((all, size) => all * size, 1)];
  const weights = layers.flatMap((layer) => {
    const { units, kernel_size: side } = layer as { units?: number; kernel_size?: number };
    const kernel = units === undefined ? [side, side, 1, 1] : [width, units];
    if (units === undefined && side === undefined) return [];
    width = units ?? width;
    return [
      { name: `${layer.name}/kernel`, shape: kernel as number[], dtype: 'float32' },
      { name: `${layer.name}/bias`, shape: [units ?? 1], dtype: 'float32' },
    ];
  });
  const entries = layers.map(({ class: className, ...config }, index) => ({
    class_name: className,
    config: index === 0 ? { ...config, batch_input_shape: [null, ...inputShape] } : config,
  }));
  const count = weights.reduce((sum, { shape }) => sum + shape.reduce((all, size) => all * size, 1), 0);
  writeFileSync(join(folder, 'weights.bin'), Buffer.from(new Float32Array(count).fill(0.1).buffer));
  const json = {
    format: 'layers-model',
    modelTopology: { class_name: 'Sequential', config: { name: 'tried', layers: entries } },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
}
