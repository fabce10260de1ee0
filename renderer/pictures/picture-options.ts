import * as v from 'valibot';
import { AddedNoiseSchema, type AddedNoise, type PictureOptions } from '../../electron/contract/models.ts';
import { readNumber } from '../widgets/read-number.ts';

export type NoiseKind = AddedNoise['kind'];

/** How pictures are prepared, as chosen and typed; amount and seed stay text until they are read. */
export interface OptionsDraft {
  readonly invert: PictureOptions['invert'];
  readonly centre: PictureOptions['centre'];
  /** `auto`: as the model's image set was made. */
  readonly fit: 'auto' | NonNullable<PictureOptions['fit']>;
  readonly noise: 'none' | NoiseKind;
  readonly amount: string;
  readonly seed: string;
}

export const plainOptions: OptionsDraft = {
  invert: 'auto',
  centre: 'auto',
  fit: 'auto',
  noise: 'none',
  amount: '0.2',
  seed: '1',
};

export interface OptionsReading {
  /** What to ask for; without the noise while its numbers cannot be read. */
  readonly options: PictureOptions;
  readonly problems: Partial<Record<'amount' | 'seed', string>>;
}

/** Reads what was chosen and typed; every complaint stands at its field. */
export function readOptions(draft: OptionsDraft): OptionsReading {
  const { invert, centre, fit } = draft;
  const options = { invert, centre, ...(fit === 'auto' ? {} : { fit }) };
  if (draft.noise === 'none') return { options, problems: {} };
  const parsed = v.safeParse(AddedNoiseSchema, {
    kind: draft.noise,
    amount: readNumber(draft.amount),
    seed: readNumber(draft.seed),
  });
  if (!parsed.success) return { options, problems: problemsOf(parsed.issues) };
  if (draft.noise !== 'gaussian' && parsed.output.amount > 1) {
    return { options, problems: { amount: 'must be at most 1' } };
  }
  return { options: { ...options, noise: parsed.output }, problems: {} };
}

function problemsOf(issues: readonly v.BaseIssue<unknown>[]): OptionsReading['problems'] {
  const problems: OptionsReading['problems'] = {};
  for (const issue of issues) {
    const field = v.getDotPath(issue) === 'seed' ? 'seed' : 'amount';
    problems[field] ??= field === 'seed' ? 'must be a whole number, 0–2,147,483,647' : 'must be a number, 0–2';
  }
  return problems;
}
