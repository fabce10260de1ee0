import type { MapFigures, MapResult } from './measure-map.ts';

type Kind = 'model' | 'pca';

const figures: readonly {
  readonly name: keyof MapFigures;
  readonly shown: (value: number) => string;
}[] = [
  { name: 'squaredError', shown: (value) => value.toFixed(2) },
  { name: 'neighbourAccuracy', shown: (value) => `${(100 * value).toFixed(1)} %` },
  { name: 'silhouette', shown: (value) => value.toFixed(3) },
  { name: 'trustworthiness', shown: (value) => value.toFixed(3) },
];

/** A row a set: each figure over its seeds, and PCA's, which has none. */
export function mapTable(results: readonly MapResult[]): string {
  if (results.length === 0) return 'Not run.';
  const rows = [...new Set(results.map(({ set }) => set))].map((set) => {
    const found = results.filter((result) => result.set === set).sort((a, b) => a.seed - b.seed);
    const cells = figures.flatMap(({ name, shown }) => {
      const of = (kind: Kind): number[] => found.flatMap((result) => result[kind][name] ?? []);
      return [spreadOf(of('model'), shown), of('pca')[0] === undefined ? '' : shown(of('pca')[0]!)];
    });
    const seconds = Math.max(...found.map(({ processorSeconds }) => processorSeconds)).toFixed(0);
    const seeds = found.map(({ seed }) => seed).join(', ');
    return `| ${[set, found[0]!.pictures, seeds, ...cells, seconds].join(' | ')} |`;
  });
  return `| set | pictures | seeds | squared error | PCA | 10-NN | PCA | silhouette | PCA | trustworthiness | PCA | processor s |
| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}`;
}

function spreadOf(values: readonly number[], shown: (value: number) => string): string {
  if (values.length === 0) return '';
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return shown(mean);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return `${shown(mean)} ± ${shown(Math.sqrt(squares / (values.length - 1)))}`;
}
