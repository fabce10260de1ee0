/** Set to `whole` by `npm run fuzz`. */
export const FUZZ_VARIABLE = 'AUTOENCODER_STUDIO_FUZZ';

/** How many damaged inputs a test reads: all of so many where `npm run fuzz` asks for them, else a tenth. */
export const inputsOf = (all: number): number => (process.env[FUZZ_VARIABLE] === 'whole' ? all : Math.ceil(all / 10));
