import type { ModelSpec } from '../../electron/domain/experiment.ts';

/** Of a code whose last numbers are the probabilities of classes: how many are the style, and how many the classes. */
export interface CodeParts {
  readonly style: number;
  readonly classes: number;
}

/** The parts of a code; nothing where it has no classes. */
export function codePartsOf({ code }: Pick<ModelSpec, 'code'>): CodeParts | undefined {
  return code.classes === undefined ? undefined : { style: code.size - code.classes, classes: code.classes };
}

/**
 * Whole codes, each with its class for certain, [n × (style + classes)].
 * @param styles [n × style]
 * @param classOf the class of each, from 0
 */
export function withClasses(
  { style, classes }: CodeParts,
  styles: Float32Array,
  classOf: (row: number) => number,
): Float32Array<ArrayBuffer> {
  const count = styles.length / style;
  const codes = new Float32Array(count * (style + classes));
  for (let row = 0; row < count; row++) {
    const start = row * (style + classes);
    codes.set(styles.subarray(row * style, (row + 1) * style), start);
    codes[start + style + classOf(row)] = 1;
  }
  return codes;
}

/** Every style in every class: class by class, within each style by style. */
export function inEveryClass(parts: CodeParts, styles: Float32Array): Float32Array<ArrayBuffer> {
  const count = styles.length / parts.style;
  const again = new Float32Array(styles.length * parts.classes);
  for (let each = 0; each < parts.classes; each++) again.set(styles, each * styles.length);
  return withClasses(parts, again, (row) => Math.floor(row / count));
}
