/**
 * What crosses a hop, as Electron makes it cross: a structured clone. Refused besides is what Electron allows and pays for:
 * a view of a larger buffer, which takes all of that along. Both functions are put into pages as they stand.
 * @throws DataCloneError for what cannot be cloned; Error naming the hop and the view
 */
export function strictClone<T>(hop: string, message: T): T {
  const drags = firstDrag(message, '', new Set());
  if (drags !== undefined) throw new Error(`${hop}: ${drags}`);
  return structuredClone(message);
}

export function firstDrag(value: unknown, path: string, seen: Set<object>): string | undefined {
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
  seen.add(value);
  if (ArrayBuffer.isView(value)) {
    const { byteLength, buffer } = value;
    if (byteLength === buffer.byteLength) return undefined;
    return `${path} is a view of ${byteLength} bytes that drags ${buffer.byteLength}`;
  }
  for (const [name, below] of Object.entries(value)) {
    const found = firstDrag(below, `${path}.${name}`, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}
