/** What can be said of a trained preset, besides the squared error per test image. */
export type FigureName =
  | 'squaredError'
  | 'neighbourAccuracy'
  | 'silhouette'
  | 'trustworthiness'
  | 'psnrGain'
  | 'medianFilterGain'
  | 'nonLocalMeansGain'
  | 'gapError'
  | 'blackGapError'
  | 'inpaintedGapError'
  | 'negativeElbo'
  | 'negativeLogLikelihood'
  | 'fittedNegativeElbo'
  | 'fittedNegativeLogLikelihood'
  | 'classesRead'
  | 'perplexity'
  | 'frechet'
  | 'novelty';

export interface Figure {
  readonly name: FigureName;
  /** Such as "squared error per image". */
  readonly title: string;
  readonly decimals: number;
  /** What it must reach; left out of what stands beside. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
  /** Shown as a percentage. */
  readonly percent?: boolean;
}

/** One preset that is held to something. */
export interface Row {
  readonly preset: string;
  readonly figures: readonly Figure[];
  /** Codes drawn an image to measure its likelihood by; 500 when left out. */
  readonly samples?: number;
  /** Minutes of two cores that it may take. */
  readonly minutes?: number;
  /** What its figures stand beside: PCA's are exact and fitted on the same 55,000 images (test/fixtures/pca-mnist.json). */
  readonly anchors: string;
}

const atMost = (most: number | undefined): Pick<Figure, 'target'> =>
  most === undefined ? {} : { target: { atMost: most } };

const squaredError = (most?: number): Figure => ({
  name: 'squaredError',
  title: 'squared error per image',
  decimals: 3,
  ...atMost(most),
});

/** What images that are drawn from it are like. */
const drawn: readonly Figure[] = [
  { name: 'frechet', title: 'Fréchet distance of drawn images', decimals: 1 },
  { name: 'novelty', title: 'their distance to training images, beside test images’', decimals: 2 },
];

/** Codes drawn an image to measure the likelihood by, as published; fewer give a looser bound, which is said. */
export const USUAL_SAMPLES = 500;

const likelihoods = (elbo?: number, likelihood?: number, samples = USUAL_SAMPLES): readonly Figure[] => [
  { name: 'negativeElbo', title: '−ELBO, nats', decimals: 2, ...atMost(elbo) },
  {
    name: 'negativeLogLikelihood',
    title: `NLL of ${samples} samples, nats`,
    decimals: 2,
    ...atMost(likelihood),
  },
];

/** With the prior of `fitted-prior.ts` in place of N(0, 1). */
const fittedLikelihoods = (samples: number): readonly Figure[] => [
  { name: 'fittedNegativeElbo', title: '−ELBO with a prior fitted to the codes, nats', decimals: 2 },
  { name: 'fittedNegativeLogLikelihood', title: `NLL of ${samples} samples with it, nats`, decimals: 2 },
];

export const rows: readonly Row[] = [
  {
    preset: 'modern',
    figures: [squaredError(1.8)],
    minutes: 2,
    anchors: 'PCA with 128 components 3.30, mean image 52.90',
  },
  {
    preset: 'deep',
    figures: [squaredError(2.45)],
    minutes: 15,
    anchors: 'published 3.00, PCA with 30 components 13.87',
  },
  {
    preset: 'deep-rbm',
    figures: [squaredError(3)],
    anchors: 'published 3.00, PCA with 30 components 13.87',
  },
  {
    preset: 'map-2d',
    figures: [
      squaredError(25),
      { name: 'neighbourAccuracy', title: '10-NN of the codes', decimals: 2, percent: true, target: { atLeast: 0.89 } },
    ],
    minutes: 15,
    anchors: 'PCA with 2 components 43.64, its 10-NN 44.3 %',
  },
  {
    preset: 'map-neighbours',
    figures: [
      squaredError(28),
      { name: 'neighbourAccuracy', title: '10-NN of the codes', decimals: 2, percent: true, target: { atLeast: 0.97 } },
      { name: 'silhouette', title: 'silhouette by label', decimals: 3, target: { atLeast: 0.5 } },
      { name: 'trustworthiness', title: 'trustworthiness', decimals: 3, target: { atLeast: 0.96 } },
    ],
    minutes: 15,
    anchors:
      'PCA with 2 components 43.64, its 10-NN 44.3 %, its trustworthiness 0.752; t-SNE’s published codes, leave-one-out, 96.6 %; ' +
      'trustworthiness of t-SNE fitted to the test images themselves 0.950, to the 1,000 measured alone 0.960',
  },
  {
    preset: 'denoising',
    figures: [
      { name: 'psnrGain', title: 'PSNR gain over the clipped noisy image, dB', decimals: 2, target: { atLeast: 9 } },
      { name: 'medianFilterGain', title: 'the same of the best median filter, dB', decimals: 2 },
      { name: 'nonLocalMeansGain', title: 'the same of non-local means, dB', decimals: 2 },
    ],
    minutes: 5,
    anchors:
      'median filter of libvips (sharp), the best of 3 × 3, 5 × 5 and 7 × 7; non-local means of scikit-image, the best of ten settings',
  },
  {
    preset: 'denoising-squares',
    figures: [
      { name: 'gapError', title: 'squared error within the missing squares of an image', decimals: 2 },
      { name: 'inpaintedGapError', title: 'the same of biharmonic inpainting', decimals: 2 },
      { name: 'blackGapError', title: 'the same of black', decimals: 2 },
    ],
    minutes: 5,
    anchors: 'biharmonic inpainting of scikit-image (Damelin & Hoang 2018), which is told where the squares are',
  },
  {
    preset: 'variational',
    figures: likelihoods(96, 91),
    minutes: 15,
    anchors: 'pythae’s reproduction of the importance-weighted model (Burda et al. 2016): NLL 89.78',
  },
  {
    preset: 'variational-conv',
    // 500 would decode five million images through its convolutions: as long as it takes to train.
    figures: [...likelihoods(87, 82, 100), ...fittedLikelihoods(100), ...drawn],
    samples: 100,
    minutes: 15,
    anchors:
      'published convolutional: −ELBO 86.47, NLL 81.02; what hours of training bring stands below, under “Trained longer”',
  },
  {
    preset: 'conditional',
    figures: [
      ...likelihoods(),
      { name: 'classesRead', title: 'classes read right', decimals: 2, percent: true },
      ...drawn,
    ],
    minutes: 15,
    anchors: 'both given the label, which is worth up to log 10 = 2.30 nats: beside the variational preset',
  },
  {
    preset: 'importance-weighted',
    figures: [...likelihoods(undefined, 89.78), ...drawn],
    minutes: 15,
    anchors: 'pythae’s reproduction (Burda et al. 2016): NLL 89.78',
  },
  {
    preset: 'total-correlation',
    figures: [...likelihoods(), ...drawn],
    minutes: 15,
    anchors: 'nothing published on binarised MNIST: beside the variational preset',
  },
  {
    preset: 'wasserstein',
    figures: [squaredError(), ...drawn],
    minutes: 15,
    anchors:
      'PCA with 10 components 26.71, with 30 13.87; published distances are in features of Inception, others than these',
  },
  {
    preset: 'regularised',
    figures: [squaredError(), ...drawn],
    minutes: 15,
    anchors: 'the same',
  },
  {
    preset: 'vq',
    figures: [
      squaredError(),
      { name: 'neighbourAccuracy', title: '10-NN of the codes', decimals: 2, percent: true },
      { name: 'perplexity', title: 'perplexity of the codebook of 128 vectors', decimals: 1 },
    ],
    minutes: 15,
    anchors: 'an image is 49 indices, 343 bits; PCA with 10 components 26.71, in float32 320 bits',
  },
];

/** The presets with a code of 30 numbers, the best of which must reach this within the minutes. */
export const bestOf30 = { presets: ['deep', 'deep-rbm'], figure: squaredError(2.2), minutes: 15 } as const;
