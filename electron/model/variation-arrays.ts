import type { Principal } from '../engine/inspection/principal.ts';
import { CODE, type VariationStatistics } from '../engine/inspection/variations.ts';

/** One array of what is normal, as it is kept beside a model and in its exports. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

type View = 'whole' | 'around';

/** Usual variations as arrays. @param plane height and width of the model's images */
export function variationArrays(
  { whole, around, known, usual, mean, deviation }: VariationStatistics,
  plane: readonly [height: number, width: number],
): NamedArray[] {
  const codeSize = Math.min(CODE, whole.variances.length);
  const of = (view: View, principal: Principal, map: Float32Array): NamedArray[] => [
    { name: `variations.${view}.mean`, shape: [principal.mean.length], data: principal.mean },
    {
      name: `variations.${view}.components`,
      shape: [principal.variances.length, principal.mean.length],
      data: principal.components,
    },
    { name: `variations.${view}.variances`, shape: [principal.variances.length], data: principal.variances },
    { name: `variations.${view}.usual`, shape: plane, data: map },
  ];
  return [
    ...of('whole', whole, usual[0]),
    ...of('around', around, usual[1]),
    { name: 'variations.known', shape: [known.length / codeSize, codeSize], data: known },
    { name: 'variations.parts.mean', shape: [mean.length], data: mean },
    { name: 'variations.parts.deviation', shape: [deviation.length], data: deviation },
  ];
}

/** What `variationArrays` made arrays of. @param floats gives an array by its name. Throws as it does */
export function variationsFrom(floats: (name: string) => Float32Array): VariationStatistics {
  const principal = (view: View): Principal => ({
    mean: floats(`variations.${view}.mean`),
    components: floats(`variations.${view}.components`),
    variances: floats(`variations.${view}.variances`),
  });
  return {
    whole: principal('whole'),
    around: principal('around'),
    usual: [floats('variations.whole.usual'), floats('variations.around.usual')],
    known: floats('variations.known'),
    mean: floats('variations.parts.mean'),
    deviation: floats('variations.parts.deviation'),
  };
}
