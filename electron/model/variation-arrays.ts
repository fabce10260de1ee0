import type { Principal } from '../engine/inspection/principal.ts';
import { CODE, type VariationStatistics } from '../engine/inspection/variations.ts';
import { lineArrays, linesFrom } from './line-arrays.ts';

/** One array of what is normal, as it is kept beside a model and in its exports. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

type View = 'whole' | 'around';

/** Usual variations as arrays. @param plane height and width of the model's images */
export function variationArrays(
  { whole, around, known, usual, lines, mean, deviation }: VariationStatistics,
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
    ...lineArrays(lines),
    { name: 'variations.known', shape: [known.length / codeSize, codeSize], data: known },
    { name: 'variations.parts.mean', shape: [mean.length], data: mean },
    { name: 'variations.parts.deviation', shape: [deviation.length], data: deviation },
  ];
}

/** What `variationArrays` made arrays of. Throws as `linesFrom`, and takes the same */
export function variationsFrom(...given: Parameters<typeof linesFrom>): VariationStatistics {
  const [floats] = given;
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
    lines: linesFrom(...given),
    mean: floats('variations.parts.mean'),
    deviation: floats('variations.parts.deviation'),
  };
}
