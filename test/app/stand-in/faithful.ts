/** A stand-in that offers nothing Electron does not: an extra member makes it `never`, and its use an error. */
export type Faithful<Real, Own> = Exclude<keyof Own, keyof Real> extends never ? Own : never;
