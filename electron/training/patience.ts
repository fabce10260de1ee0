import type { TrainingSpec } from '../domain/experiment.ts';

/** The error of an epoch, and which it was. */
export interface Reached {
  readonly error: number;
  readonly epoch: number;
}

/** Early stopping (Prechelt 1998, §2): training ends when so many epochs in a row have brought no improvement worth the name. */
export class Patience {
  private readonly spec: TrainingSpec['earlyStopping'];
  private standard: Reached | undefined;

  /** @param standard what a resumed run had measured its epochs against */
  constructor(spec: TrainingSpec['earlyStopping'], standard?: Reached) {
    this.spec = spec;
    this.standard = standard;
  }

  /** What the next epochs are measured against: kept in checkpoints. */
  get measuredAgainst(): Reached | undefined {
    return this.standard;
  }

  /** Takes note of an epoch's error. */
  tell(epoch: number, error: number): void {
    const least = this.standard === undefined ? Number.POSITIVE_INFINITY : this.standard.error;
    const improvement = Number.isFinite(least) ? (this.spec?.minimumImprovement ?? 0) * Math.abs(least) : 0;
    if (error < least - improvement) this.standard = { error, epoch };
  }

  /** Whether training should end after this epoch. */
  isOutAfter(epoch: number): boolean {
    return this.spec !== undefined && this.standard !== undefined && epoch - this.standard.epoch >= this.spec.patience;
  }
}
