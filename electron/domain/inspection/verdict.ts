/** What a person has said of a picture wins; else its score against the threshold. One without a score is not called odd. */
export function isOdd(score: number, threshold: number, mark: 'fine' | 'odd' | undefined): boolean {
  return mark === undefined ? score > threshold : mark === 'odd';
}
