/** A problem as a sentence's beginning says it: the contract's "expected …" stand alone on screen. */
export const asSentence = (problem: string): string => problem.charAt(0).toUpperCase() + problem.slice(1);
