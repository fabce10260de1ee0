import * as v from 'valibot';

/** By which rules a picture can be called odd. All are larger for odder pictures. */
export const scoreKinds = [
  'variations',
  'pieces',
  'lines',
  'combined',
  'worst-spot',
  'spread-error',
  'structure',
  'squared-error',
  'code-neighbours',
  'code-distance',
] as const;
export type ScoreKind = (typeof scoreKinds)[number];
export const ScoreKindSchema = v.picklist(scoreKinds);

/** Whether brightness and contrast are evened out before a score looks: in each picture, or around each pixel. */
export const evenings = ['none', 'picture', 'local'] as const;
export type Evening = (typeof evenings)[number];

export interface ScoreWords {
  readonly name: string;
  /** What it measures, in a sentence for somebody who has not heard of it. */
  readonly sentence: string;
  /** Whether it also says where in a picture. */
  readonly hasMap: boolean;
}

export const scoreWords: Readonly<Record<ScoreKind, ScoreWords>> = {
  variations: {
    name: 'Usual variations',
    sentence:
      'How normal pictures differ from each other, as principal components of pictures evened in brightness: how unusual a picture’s mixture of them is, and the worst spots that they do not explain; and how unusual its lines are.',
    hasMap: true,
  },
  pieces: {
    name: 'Unusual pieces',
    sentence:
      'Each small piece of the picture beside the pieces that normal pictures show there: how far it is from what is usual, the most unusual pieces counting.',
    hasMap: true,
  },
  lines: {
    name: 'Strengths of lines',
    sentence:
      'How strong lines and edges of three sizes and six directions are in each part of the picture, beside the normal pictures that are most like it there: the most unusual parts count.',
    hasMap: true,
  },
  combined: {
    name: 'All together',
    sentence:
      'The scores that say different things, each in units of its own spread over held-out normal pictures, added.',
    hasMap: true,
  },
  'worst-spot': {
    name: 'Worst spot',
    sentence:
      'The reconstruction’s error in units of each pixel’s own spread, smoothed: the worst spot of the picture counts, however small.',
    hasMap: true,
  },
  'spread-error': {
    name: 'Error in spreads',
    sentence:
      'The reconstruction’s error, each pixel in units of how much it errs on held-out normal pictures; the mean over the picture.',
    hasMap: true,
  },
  structure: {
    name: 'Structure (SSIM)',
    sentence:
      'Where brightness, contrast and pattern of picture and reconstruction differ (structural similarity in windows, Bergmann 2018).',
    hasMap: true,
  },
  'squared-error': {
    name: 'Squared error',
    sentence: 'How far the reconstruction is from the picture, squared, on average over all pixels.',
    hasMap: true,
  },
  'code-neighbours': {
    name: 'Nearest codes',
    sentence: 'How far the picture’s code is from the three nearest codes of normal pictures.',
    hasMap: false,
  },
  'code-distance': {
    name: 'Distance in the code',
    sentence:
      'How far the picture’s code is from the middle of all normal codes, in units of their spread in that direction (Mahalanobis).',
    hasMap: false,
  },
};

export const eveningWords: Readonly<Record<Evening, string>> = {
  none: 'as it is',
  picture: 'brightness and contrast evened in each picture',
  local: 'brightness and contrast evened around each pixel',
};
