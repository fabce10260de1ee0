/** How much of this machine those who talk to `serve` can take. All of it counts for everyone together: they share an address. */
export interface ServeLimits {
  /** TCP connections at a time; more are closed at once. */
  readonly connections: number;
  /** Windows at a time; more are refused. */
  readonly windows: number;
  /** Wrong tokens a minute; further ones are not looked at before it is over. */
  readonly wrongTokensPerMinute: number;
  /** How long a request's head may take. */
  readonly headMilliseconds: number;
  /** How long a connection may carry nothing, in the middle of an upload too; a window's socket may be silent. */
  readonly idleMilliseconds: number;
  /** A window's largest message: far above any request's size, far below what would hurt. */
  readonly messageBytes: number;
  /** What may wait for a window that does not read; then it is dropped, and may come back. */
  readonly waitingBytes: number;
}

export const serveLimits: ServeLimits = {
  connections: 256,
  windows: 32,
  wrongTokensPerMinute: 20,
  headMilliseconds: 10_000,
  idleMilliseconds: 120_000,
  messageBytes: 64_000_000,
  waitingBytes: 256_000_000,
};
