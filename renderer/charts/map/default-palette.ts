import { labelColours } from '../../../electron/domain/label-colours.ts';

/** Told apart with any colour vision. */
export const defaultPalette: readonly string[] = labelColours;
