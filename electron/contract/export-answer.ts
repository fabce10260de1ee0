/** What became of something that was to be saved. */
export type ExportAnswer =
  /** Where it lies: a folder, or one file. */
  | { readonly kind: 'saved'; readonly folder: string }
  /** The browser host: an address on this origin, to be followed once. */
  | { readonly kind: 'download'; readonly address: string; readonly name: string }
  | { readonly kind: 'cancelled' };
