import { join } from 'node:path';
import * as v from 'valibot';
import { TOKEN_VARIABLE } from '../contract/cluster.ts';
import type { TokenState } from '../contract/cluster-calls.ts';
import { StudioError, toErrorData } from '../domain/errors.ts';
import type { Report } from '../contract/rpc.ts';
import { JsonFile } from '../files/json-file.ts';

/** What keeps secrets for this person on this machine. */
export interface Keychain {
  /** Why it cannot; nothing where it can. */
  unavailable(): Promise<string | undefined>;
  encrypt(text: string): Promise<Uint8Array>;
  decrypt(bytes: Uint8Array): Promise<string>;
}

export interface ClusterTokensOptions {
  readonly dataFolder: string;
  readonly report: Report;
  /** Absent where the host has none: tokens are then kept in memory only. */
  readonly keychain?: Keychain;
  /** For every address that has none of its own. */
  readonly fromEnvironment?: string | undefined;
}

/** Encrypted tokens by address, as base64. */
const TokensSchema = v.strictObject({ tokens: v.record(v.string(), v.string()) });
/** What an HTTP header can carry. */
const SENDABLE = /^[\x21-\x7e]+$/;

/** The tokens of clusters: they leave this process encrypted, or to their cluster. */
export class ClusterTokens {
  readonly #options: ClusterTokensOptions;
  /** In memory, by address. */
  readonly #held = new Map<string, string>();
  readonly #file: JsonFile<v.InferOutput<typeof TokensSchema>>;
  #isDamageTold = false;

  constructor(options: ClusterTokensOptions) {
    this.#options = options;
    this.#file = new JsonFile(join(options.dataFolder, 'cluster-tokens.json'), 1, TokensSchema);
  }

  /** The token for an address, if there is one. */
  async get(address: string): Promise<string | undefined> {
    return this.#held.get(address) ?? (await this.#fromKeychain(address)) ?? this.#fromEnvironment;
  }

  async state(address: string): Promise<TokenState> {
    if ((await this.#fromKeychain(address)) !== undefined) return { held: 'keychain' };
    const reason = await this.#unavailable();
    const why = reason === undefined ? {} : { reason };
    if (this.#held.has(address)) return { held: 'session', ...why };
    return this.#fromEnvironment === undefined ? { held: 'none', ...why } : { held: 'environment' };
  }

  /**
   * Keeps a token in the keychain, else in memory until the app ends; forgets it where it is empty.
   * @throws StudioError `bad-request`, without the token; what writing the file throws
   */
  async keep(address: string, token: string): Promise<TokenState> {
    const text = token.trim();
    if (text !== '' && !SENDABLE.test(text)) {
      throw new StudioError('bad-request', 'The token must be letters, digits and signs without a space between them.');
    }
    const kept = text !== '' && (await this.#unavailable()) === undefined;
    const encrypted = kept ? Buffer.from(await this.#options.keychain!.encrypt(text)).toString('base64') : undefined;
    if (encrypted !== undefined || Object.hasOwn(await this.#stored(), address)) await this.#write(address, encrypted);
    if (text === '' || kept) this.#held.delete(address);
    else this.#held.set(address, text);
    return this.state(address);
  }

  get #fromEnvironment(): string | undefined {
    const { fromEnvironment } = this.#options;
    return fromEnvironment === '' ? undefined : fromEnvironment;
  }

  async #unavailable(): Promise<string | undefined> {
    const { keychain } = this.#options;
    if (keychain === undefined) {
      return `The app in a browser keeps a token until it ends. ${TOKEN_VARIABLE}, set where it is started, holds it for longer.`;
    }
    return keychain.unavailable();
  }

  async #fromKeychain(address: string): Promise<string | undefined> {
    const { keychain, report } = this.#options;
    const stored = (await this.#stored())[address];
    if (keychain === undefined || stored === undefined) return undefined;
    try {
      if ((await keychain.unavailable()) !== undefined) return undefined;
      return await keychain.decrypt(Buffer.from(stored, 'base64'));
    } catch {
      // The system's own words may hold anything; that it is asked for again says enough.
      report(`The token for ${address} cannot be read from the system’s keychain any more.`);
      return undefined;
    }
  }

  /** Encrypted; none where the file is damaged, which is told once. */
  async #stored(): Promise<Readonly<Record<string, string>>> {
    try {
      return (await this.#file.readIfThere())?.tokens ?? {};
    } catch {
      if (!this.#isDamageTold) {
        this.#options.report(
          `${this.#file.path}: expected encrypted tokens, found something else. They are to be given again.`,
        );
      }
      this.#isDamageTold = true;
      return {};
    }
  }

  async #write(address: string, encrypted: string | undefined): Promise<void> {
    const change = ({ tokens }: { readonly tokens: Readonly<Record<string, string>> }) => {
      const others = Object.entries(tokens).filter(([other]) => other !== address);
      return { tokens: Object.fromEntries(encrypted === undefined ? others : [...others, [address, encrypted]]) };
    };
    await this.#file.update(change, { tokens: {} }).catch((error: unknown) => {
      throw new StudioError(toErrorData(error).code, `The token could not be kept: ${toErrorData(error).message}`);
    });
  }
}
