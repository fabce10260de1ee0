import * as v from 'valibot';

/** An id names a folder: it can never climb out of one. */
export const IdSchema = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,79}$/, 'must be lower-case letters, digits and dashes'),
);

export const Index = v.pipe(v.number(), v.integer(), v.minValue(0));
export const Split = v.picklist(['training', 'test']);

/** The image set that comes with the app; every other one was imported. */
export const MNIST_ID = 'mnist';
