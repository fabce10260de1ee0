/** When a model was as it is shown: epoch 0 is a start in closed form, before the first step. */
export const afterEpoch = (epoch: number): string => (epoch === 0 ? 'at the start' : `after epoch ${epoch}`);

/** The same as a heading: "start", "epoch 3". */
export const epochName = (epoch: number): string => (epoch === 0 ? 'start' : `epoch ${epoch}`);
