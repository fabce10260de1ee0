import * as v from 'valibot';
import { ImportOptionsSchema, readingOf, type ImportOptions } from '../../../electron/contract/import-options.ts';
import { readNumber } from '../../widgets/read-number.ts';

/** The options that are typed; each stays text until it is read. */
export const typedOptions = ['name', 'width', 'height', 'every'] as const;
export type TypedOption = (typeof typedOptions)[number];

/** An import being prepared: what was proposed or chosen, and what was typed over it. */
export interface ImportForm {
  readonly base: ImportOptions;
  readonly typed: Readonly<Record<TypedOption, string>>;
  /** The height follows the width. */
  readonly square: boolean;
}

export type FormProblems = Partial<Record<TypedOption, string>>;

export type FormReading =
  | { readonly kind: 'ready'; readonly options: ImportOptions }
  | { readonly kind: 'faulty'; readonly problems: FormProblems };

/** Every n-th image is kept for testing when nothing else is said. */
const USUAL_EVERY = 10;

const fieldOf: Readonly<Record<string, TypedOption>> = {
  name: 'name',
  width: 'width',
  height: 'height',
  'test.n': 'every',
};

export function importFormOf(options: ImportOptions): ImportForm {
  const { name, width, height, test } = options;
  const every = test.kind === 'every' ? test.n : USUAL_EVERY;
  return {
    base: options,
    typed: { name, width: String(width), height: String(height), every: String(every) },
    square: width === height,
  };
}

export function withTyped(form: ImportForm, option: TypedOption, text: string): ImportForm {
  const height = form.square && option === 'width' ? { height: text } : {};
  return { ...form, typed: { ...form.typed, [option]: text, ...height } };
}

export function withSquare(form: ImportForm, square: boolean): ImportForm {
  const height = square ? form.typed.width : form.typed.height;
  return { ...form, square, typed: { ...form.typed, height } };
}

export function withChosen(form: ImportForm, chosen: Partial<ImportOptions>): ImportForm {
  return { ...form, base: { ...form.base, ...chosen } };
}

/** Without one scale for all numbers: each kind has its own. */
export function withoutRange(form: ImportForm): ImportForm {
  const { range, ...base } = form.base;
  return range === undefined ? form : { ...form, base };
}

/** Reads what was chosen and typed; every complaint stands at its field. */
export function readForm({ base, typed }: ImportForm): FormReading {
  const test = base.test.kind === 'every' ? { kind: 'every', n: readNumber(typed.every) } : base.test;
  const candidate = {
    ...base,
    name: typed.name,
    width: readNumber(typed.width),
    height: readNumber(typed.height),
    test,
  };
  const parsed = v.safeParse(ImportOptionsSchema, candidate);
  if (parsed.success) return { kind: 'ready', options: parsed.output };
  const problems: FormProblems = {};
  for (const issue of parsed.issues) {
    const field = fieldOf[v.getDotPath(issue) ?? ''];
    if (field) problems[field] ??= issue.message.startsWith('must ') ? issue.message : 'must be a number';
  }
  return { kind: 'faulty', problems };
}

/** What a preview depends on: other options change no picture. */
export function previewKey(options: ImportOptions): string {
  const { width, height, channels, fit, background, invert, centre, labels, range, bands } = options;
  const looks = [width, height, channels, fit, background, invert, centre, labels, range, bands];
  return JSON.stringify([looks, readingOf(options)]);
}

/** The form after another reading: what was proposed before and not changed since follows the new proposal. */
export function withPlan(form: ImportForm, before: ImportOptions, proposed: ImportOptions): ImportForm {
  const isUntouched = form.typed.width === String(before.width) && form.typed.height === String(before.height);
  const { width, height, range } = proposed;
  const sized = isUntouched
    ? { typed: { ...form.typed, width: String(width), height: String(height) }, square: width === height }
    : {};
  const isSameRange = JSON.stringify(form.base.range) === JSON.stringify(before.range);
  const scaled = isSameRange && range !== undefined ? { base: { ...form.base, range } } : {};
  return { ...form, ...sized, ...scaled };
}

/** Bytes of a set of this many images. */
export function setBytes(
  count: number,
  { width, height, channels }: Pick<ImportOptions, 'width' | 'height' | 'channels'>,
) {
  return count * width * height * channels;
}
