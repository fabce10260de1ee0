/**
 * A message whose typed arrays each have a buffer of their own. Electron clones a view with all of the buffer behind it: ten digits
 * of a set, 7,840 bytes, would take 7.8 MB of their neighbours along at each hop. What drags nothing is passed on as it is.
 */
export function withOwnBuffers<T>(message: T): T {
  return copied(message) as T;
}

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return ownView(value);
  if (Array.isArray(value)) return sameOr(value, value.map(copied));
  // Dates, maps and the like hold no views here, and cross as they are.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const names = Object.keys(value) as (keyof typeof value)[];
  const changed = names.map((name) => copied(value[name]));
  if (names.every((name, index) => changed[index] === value[name])) return value;
  return Object.fromEntries(names.map((name, index) => [name, changed[index]]));
}

function sameOr(before: readonly unknown[], after: unknown[]): unknown {
  return after.every((each, index) => each === before[index]) ? before : after;
}

function ownView(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view;
  if (byteLength === buffer.byteLength) return view;
  const own = buffer.slice(byteOffset, byteOffset + byteLength);
  // A Buffer is a view of bytes of Node's own, and arrives as those.
  const Kind = view instanceof Uint8Array ? Uint8Array : view.constructor;
  return new (Kind as new (bytes: ArrayBufferLike) => ArrayBufferView)(own);
}
