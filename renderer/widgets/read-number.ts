const thousands = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * A number as people type it: "1,234" has a thousand in it, as this app writes thousands itself, "0,5" and "12,34" are decimal;
 * blanks and underscores between digits, a typographic minus and powers of ten are taken too. NaN for anything else.
 */
export function readNumber(text: string): number {
  const plain = text.trim().replaceAll(/[_\s]/g, '').replace('−', '-');
  const written = thousands.test(plain) ? plain.replaceAll(',', '') : withPoint(plain);
  return decimal.test(written) ? Number(written) : Number.NaN;
}

/** A whole number from 0 on, written out, with or without marks for thousands. NaN for anything else. */
export function readWhole(text: string): number {
  return /[.e−-]/i.test(text) ? Number.NaN : whole(readNumber(text));
}

const whole = (value: number): number => (Number.isInteger(value) ? value : Number.NaN);

/**
 * A column of numbers of somebody else's file, where it is one: there a comma is decimal throughout if it must be in one field,
 * as in "0,5", and stands for thousands otherwise. An empty field has no number: NaN.
 */
export function readColumn(fields: readonly string[]): readonly number[] | undefined {
  const isDecimal = fields.some((field) => field.includes(',') && !thousands.test(field.trim()));
  const values = fields.map((field) => readNumber(isDecimal ? withPoint(field.trim()) : field));
  return fields.every((field, at) => field.trim() === '' || !Number.isNaN(values[at])) ? values : undefined;
}

/** One comma and no point is a decimal comma. */
const withPoint = (text: string): string =>
  text.includes('.') || text.indexOf(',') !== text.lastIndexOf(',') ? text : text.replace(',', '.');
