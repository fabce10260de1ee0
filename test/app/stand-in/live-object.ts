type Method = (this: object, ...args: unknown[]) => unknown;

/** Makes every method of an object's own class throw, once it is destroyed, but those named; as Electron's objects do. */
export function throwOnceDestroyed(object: object, isDestroyed: () => boolean, except: readonly string[]): void {
  const prototype = Object.getPrototypeOf(object) as Record<string, Method>;
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (typeof value !== 'function' || name === 'constructor' || except.includes(name)) continue;
    const method = value as Method;
    Object.defineProperty(object, name, {
      value: function (this: object, ...args: unknown[]) {
        if (isDestroyed()) throw new TypeError('Object has been destroyed');
        return method.apply(this, args);
      },
    });
  }
}
