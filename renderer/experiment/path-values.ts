/** The value at a path such as "model.encoder.0.units"; nothing where there is none. */
export function valueAt(whole: unknown, path: string): unknown {
  let value = whole;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** The same with another value at a path; `undefined` takes the field away. Where the path leads nowhere nothing changes. */
export function withValueAt<T>(whole: T, path: string, value: unknown): T {
  return replaced(whole, path.split('.'), value) as T;
}

function replaced(whole: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(whole)) {
    const list = whole as readonly unknown[];
    const index = Number(key);
    return index in list ? list.with(index, replaced(list[index], rest, value)) : list;
  }
  if (typeof whole !== 'object' || whole === null) return whole;
  const fields = whole as Readonly<Record<string, unknown>>;
  if (rest.length > 0) return key in fields ? { ...fields, [key]: replaced(fields[key], rest, value) } : fields;
  if (value !== undefined) return { ...fields, [key]: value };
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
}
