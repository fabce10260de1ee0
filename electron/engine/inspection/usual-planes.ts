import { blurred } from './planes.ts';

/** Of held-out pictures as many are left out at a time as make so many folds. */
const FOLDS = 5;

/** What is usual in each place, over held-out normal pictures; without each fold of them too, by which those of the fold are scored. */
export class UsualPlanes {
  readonly folds: number;
  private readonly width: number;
  private readonly height: number;
  private readonly count: number;
  private readonly sums: readonly Float32Array[];

  /** @param count held-out pictures */
  constructor(width: number, height: number, count: number) {
    [this.width, this.height, this.count] = [width, height, count];
    this.folds = Math.max(1, Math.min(FOLDS, count));
    this.sums = Array.from({ length: this.folds }, () => new Float32Array(width * height));
  }

  /** Adds what one picture shows: [height × width]. */
  add(picture: number, values: Float32Array): void {
    const sum = this.sums[picture % this.folds]!;
    values.forEach((value, at) => (sum[at]! += value));
  }

  /** The mean, smoothed, of all pictures but those of a fold. */
  without(fold: number): Float32Array {
    const { width, height, folds } = this;
    const isKept = (each: number): boolean => folds < 2 || each !== fold;
    const pictures = Array.from({ length: this.count }, (_, at) => at % folds).filter(isKept).length;
    const values = new Float32Array(width * height);
    this.sums.forEach((sum, each) => {
      if (isKept(each)) sum.forEach((value, at) => (values[at]! += value / pictures));
    });
    return floored(blurred({ width, height, values }, 1).values);
  }

  all(): Float32Array {
    return this.without(-1);
  }
}

/** Where normal pictures never differ (a black edge), the least that is odd would be endless. */
function floored(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => Math.max(value, 0.01 * mean, 1e-9));
}
