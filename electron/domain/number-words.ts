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

/**
 * "40 of 80 pictures looked at come out dark: their brightest value is 4,095, and 65,535 becomes white; …"; empty where none do, or where
 * a person has chosen another scale.
 */
export function darkWords(
  dark:
    | {
        readonly count: number;
        readonly of: number;
        readonly most: number;
        readonly black: number;
        readonly white: number;
      }
    | undefined,
  range: { readonly black: number; readonly white: number } | undefined,
): string {
  if (dark === undefined || (range !== undefined && (range.black !== dark.black || range.white !== dark.white)))
    return '';
  const { count, of, most, white } = dark;
  const come = count === 1 ? 'comes out dark: its' : 'come out dark: their';
  const found = `${count.toLocaleString('en')} of ${of.toLocaleString('en')} pictures looked at ${come} brightest value is ${numberText(most)}`;
  return `${found}, and ${numberText(white)} becomes white; import them by themselves, or choose a smaller white`;
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** "13.8 MB", "1 byte"; units of 1,000. What one digit after the point rounds up to 1,000 is said in the next unit. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return bytes === 1 ? '1 byte' : `${Math.round(bytes)} bytes`;
  let power = 1;
  while (power < BYTE_UNITS.length - 1 && Number((bytes / 1_000 ** power).toFixed(1)) >= 1_000) power += 1;
  return `${(bytes / 1_000 ** power).toFixed(1)} ${BYTE_UNITS[power]}`;
}
