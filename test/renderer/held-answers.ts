/** An answer that a test gives when it wants to. */
export interface Held<T> {
  readonly promise: Promise<T>;
  readonly give: (value: T) => void;
  readonly refuse: (error: unknown) => void;
}

export function held<T>(): Held<T> {
  let give: (value: T) => void = () => undefined;
  let refuse: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    give = resolve;
    refuse = reject;
  });
  return { promise, give, refuse };
}

/** Waits until whatever has been answered has been taken up. */
export const allArrived = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Every order in which so many answers can arrive. */
export function orders(count: number): number[][] {
  if (count === 0) return [[]];
  return orders(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, at) => [...order.slice(0, at), count - 1, ...order.slice(at)]),
  );
}
