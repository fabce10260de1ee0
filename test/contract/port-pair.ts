import type { Port } from '../../electron/contract/rpc.ts';

/** Two ports joined in memory; messages are structured clones, delivered in order, one turn later. */
export function portPair(): readonly [Port, Port] {
  const sides = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()] as const;
  const port = (own: 0 | 1): Port => ({
    post: (message) => {
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => sides[own === 0 ? 1 : 0].forEach((listener) => listener(copy)));
    },
    onMessage: (listener) => {
      sides[own].add(listener);
      return () => void sides[own].delete(listener);
    },
  });
  return [port(0), port(1)];
}
