import { SCRIPT_WIDTH } from '../script-text.ts';

/** A call as Black would break it: on one line, else what is in the brackets on one, else an option a line. */
export function pythonCall(begin: string, options: readonly (string | number)[]): string[] {
  const inside = options.join(', ');
  if (begin.length + inside.length + 2 <= SCRIPT_WIDTH) return [`${begin}(${inside})`];
  if (inside.length + 4 <= SCRIPT_WIDTH) return [`${begin}(`, `    ${inside}`, ')'];
  return [`${begin}(`, ...options.map((option) => `    ${option},`), ')'];
}
