import { createInterface } from 'node:readline';

/** What TensorFlow says at every start, whatever its log level is set to. */
const banners = [
  /oneDNN custom operations are on/,
  /This TensorFlow binary is optimized/,
  /To enable the following instructions/,
  /To enable them in other operations/,
  /All log messages before absl::InitializeLog/,
];

const KEPT_LINES = 8;

/**
 * Reads the engine's stderr line by line: passes all but TensorFlow's banner on, and keeps the last lines, which are
 * all there is to read after a native crash.
 */
export function watchStderr(
  stream: NodeJS.ReadableStream,
  pass: (line: string) => void,
): { readonly lastWords: () => string } {
  const kept: string[] = [];
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
    if (line.trim() === '' || banners.some((banner) => banner.test(line))) return;
    kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
    pass(line);
  });
  return { lastWords: () => kept.join('\n') };
}
