/** What stops packaging; its message says in a sentence or two what happened and what to do. */
export class PackageError extends Error {
  override readonly name = 'PackageError';
}
