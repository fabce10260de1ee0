/**
 * The path of a small curve in SVG's language, its values on a logarithmic axis of their own: the largest at the top, the last
 * at the right. What a logarithm has no place for (zero, less, or not finite) is a gap.
 */
export function sparkline(values: readonly number[], width: number, height: number): string {
  const logs = values.map((value) => (value > 0 && Number.isFinite(value) ? Math.log(value) : undefined));
  const known = logs.filter((log) => log !== undefined);
  if (known.length === 0) return '';
  const least = Math.min(...known);
  const range = Math.max(...known) - least;
  const x = (at: number) => (values.length < 2 ? width / 2 : (at * width) / (values.length - 1));
  const y = (log: number) => (range === 0 ? height / 2 : height * (1 - (log - least) / range));
  let path = '';
  logs.forEach((log, at) => {
    if (log === undefined) return;
    const begins = logs[at - 1] === undefined;
    const place = `${rounded(x(at))} ${rounded(y(log))}`;
    // A point by itself is drawn as a line without length, which round ends make a dot.
    path += begins ? `M${place}${logs[at + 1] === undefined ? 'h0' : ''}` : `L${place}`;
  });
  return path;
}

const rounded = (value: number) => Math.round(value * 100) / 100;
