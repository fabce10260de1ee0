import { labelColour } from '../palette.ts';
import { hexOf } from './packed-colours.ts';

/** Petroff's ten, told apart with any colour vision. */
export const defaultPalette: readonly string[] = Array.from({ length: 10 }, (_, label) => hexOf(labelColour(label)));
