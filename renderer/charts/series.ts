export interface Point {
  readonly x: number;
  readonly y: number;
}

export type SeriesRole = 'batch' | 'training' | 'validation' | 'article' | 'mean-image';

/** One line of the loss curve; x is in epochs. */
export interface Series {
  readonly role: SeriesRole;
  readonly name: string;
  readonly points: readonly Point[];
  /** Its unit is not that of the cost. */
  readonly axis?: 'right';
}
