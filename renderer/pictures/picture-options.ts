import * as v from 'valibot';
import { AddedNoiseSchema, type AddedNoise, type PictureOptions } from '../../electron/contract/models.ts';
import type { ModelSpec } from '../../electron/domain/experiment.ts';
import { readNumber } from '../widgets/read-number.ts';

export type NoiseKind = AddedNoise['kind'];

/** How pictures are prepared, as chosen and typed; numbers stay text until they are read. */
export interface OptionsDraft {
  readonly invert: PictureOptions['invert'];
  readonly centre: PictureOptions['centre'];
  /** `auto`: as the model's image set was made. */
  readonly fit: 'auto' | NonNullable<PictureOptions['fit']>;
  readonly noise: 'none' | NoiseKind;
  readonly amount: string;
  /** Of squares that are missing: how many, and their side in pixels. */
  readonly squares: string;
  readonly side: string;
  readonly seed: string;
}

export const plainOptions: OptionsDraft = {
  invert: 'auto',
  centre: 'auto',
  fit: 'auto',
  noise: 'none',
  amount: '0.2',
  squares: '2',
  side: '7',
  seed: '1',
};

type Field = 'amount' | 'squares' | 'side' | 'seed';

export interface OptionsReading {
  /** What to ask for; without the noise while its numbers cannot be read. */
  readonly options: PictureOptions;
  readonly problems: Partial<Record<Field, string>>;
}

const MOST_SIDE = 512;

/** The largest squares that its images have room for. */
export const mostSideOf = (spec: Pick<ModelSpec, 'inputShape'> | undefined): number =>
  Math.min(MOST_SIDE, ...(spec?.inputShape.slice(0, 2) ?? []));

/**
 * Reads what was chosen and typed; every complaint stands at its field.
 * @param mostSide of squares that are missing, in pixels
 */
export function readOptions(draft: OptionsDraft, mostSide = MOST_SIDE): OptionsReading {
  const { invert, centre, fit } = draft;
  const options = { invert, centre, ...(fit === 'auto' ? {} : { fit }) };
  if (draft.noise === 'none') return { options, problems: {} };
  const [seed, amount] = [readNumber(draft.seed), readNumber(draft.amount)];
  const noise =
    draft.noise === 'patches'
      ? { kind: draft.noise, count: readNumber(draft.squares), size: readNumber(draft.side), seed }
      : { kind: draft.noise, amount, seed };
  const parsed = v.safeParse(AddedNoiseSchema, noise);
  if (!parsed.success) return { options, problems: problemsOf(parsed.issues, mostSide) };
  const read = parsed.output;
  if (read.kind === 'patches' && read.size > mostSide) return { options, problems: { side: sideWords(mostSide) } };
  if (read.kind !== 'patches' && read.kind !== 'gaussian' && read.amount > 1) {
    return { options, problems: { amount: 'must be at most 1' } };
  }
  return { options: { ...options, noise: read }, problems: {} };
}

const sideWords = (most: number): string => `must be a whole number, 1–${most}`;

function problemsOf(issues: readonly v.BaseIssue<unknown>[], mostSide: number): OptionsReading['problems'] {
  const problems: OptionsReading['problems'] = {};
  for (const issue of issues) {
    switch (v.getDotPath(issue)) {
      case 'seed':
        problems.seed ??= 'must be a whole number, 0–2,147,483,647';
        break;
      case 'count':
        problems.squares ??= 'must be a whole number, 1–64';
        break;
      case 'size':
        problems.side ??= sideWords(mostSide);
        break;
      default:
        problems.amount ??= 'must be a number, 0–2';
    }
  }
  return problems;
}
