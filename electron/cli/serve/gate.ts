import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const MINUTE = 60_000;

export type TokenVerdict = 'right' | 'wrong' | 'too-many';

/**
 * Who may talk to `serve`. The address it prints carries a random token, which is exchanged for a cookie; every other
 * request must bring that cookie, name this machine as its host (so that a foreign name that was made to point here is
 * refused) and, where a browser says which page sent it, come from our own.
 */
export class Gate {
  readonly token = randomBytes(32).toString('base64url');
  readonly #cookie = randomBytes(32).toString('base64url');
  readonly #cookieName: string;
  readonly #wrongPerMinute: number;
  readonly #now: () => number;
  #wrong: number[] = [];

  /** @param now a clock in milliseconds that is never set back */
  constructor(port: number, wrongTokensPerMinute: number, now: () => number = () => performance.now()) {
    this.#wrongPerMinute = wrongTokensPerMinute;
    this.#now = now;
    // Cookies are shared by a machine's ports: two servers must not overwrite each other's.
    this.#cookieName = `studio-${port}`;
  }

  /** The header that lets a browser in. */
  cookieHeader(): string {
    return `${this.#cookieName}=${this.#cookie}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** After too many wrong tokens within a minute none is looked at until the first of them is a minute old. */
  judgeToken(token: string): TokenVerdict {
    const now = this.#now();
    this.#wrong = this.#wrong.filter((at) => now - at < MINUTE);
    if (this.#wrong.length >= this.#wrongPerMinute) return 'too-many';
    if (equalSecrets(token, this.token)) return 'right';
    this.#wrong.push(now);
    return 'wrong';
  }

  /** Whether the request names this machine; through a tunnel its port may be another. */
  isForUs(headers: IncomingHttpHeaders): boolean {
    const name = /^(.*?)(:\d+)?$/.exec(headers.host ?? '')?.[1];
    return name === 'localhost' || name === '127.0.0.1' || name === '[::1]';
  }

  /** Whether no page but ours sent it; without an Origin, only what is no script's doing passes: a link that is followed. */
  isFromUs(headers: IncomingHttpHeaders): boolean {
    const embedded = headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document';
    const foreign = headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site';
    if (foreign && embedded) return false;
    return headers.origin === undefined || this.#isOwnOrigin(headers);
  }

  hasCookie(headers: IncomingHttpHeaders): boolean {
    const prefix = `${this.#cookieName}=`;
    const values = (headers.cookie ?? '').split('; ').filter((pair) => pair.startsWith(prefix));
    return values.some((pair) => equalSecrets(pair.slice(prefix.length), this.#cookie));
  }

  /**
   * Whether our own page sent it: what acts, not only reads, must say so. Nor is a WebSocket bound by the browser's same-origin
   * rule. Its Origin must be there and ours.
   */
  admitsAct(headers: IncomingHttpHeaders): boolean {
    return this.isForUs(headers) && this.#isOwnOrigin(headers) && this.hasCookie(headers);
  }

  #isOwnOrigin(headers: IncomingHttpHeaders): boolean {
    return headers.origin === `http://${headers.host}`;
  }
}

/** Compares in a time that tells nothing of where they differ, nor of the right one's length. */
function equalSecrets(given: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
