/** Numbers as they are said in sentences: "0.9998", "−941.2", "65,535"; four figures of fractions, all of whole numbers. */
export function numberText(value: number): string {
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(4));
  const [size, sign] = [Math.abs(rounded), rounded < 0 ? '−' : ''];
  const isExtreme = size >= 1e15 || (size > 0 && size < 1e-4);
  return sign + (isExtreme ? size.toExponential(2) : size.toLocaleString('en', { maximumFractionDigits: 6 }));
}

/** "Whole numbers of 0 to 16: 0 becomes black, 16 white". */
export function numbersWords(
  { words }: { readonly words: string },
  { black, white }: { readonly black: number; readonly white: number },
): string {
  return `${words[0]!.toUpperCase()}${words.slice(1)}: ${numberText(black)} becomes black, ${numberText(white)} white`;
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** "13.8 MB", "1 byte"; units of 1,000. What one digit after the point rounds up to 1,000 is said in the next unit. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return bytes === 1 ? '1 byte' : `${Math.round(bytes)} bytes`;
  let power = 1;
  while (power < BYTE_UNITS.length - 1 && Number((bytes / 1_000 ** power).toFixed(1)) >= 1_000) power += 1;
  return `${(bytes / 1_000 ** power).toFixed(1)} ${BYTE_UNITS[power]}`;
}
