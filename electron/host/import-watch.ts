import type { Answer, Events, Request } from '../contract/contract.ts';
import type { AskEngine } from './window-handlers.ts';
import type { Staging } from './staging.ts';

interface Watched {
  readonly importId: string;
  readonly letGo: () => Promise<void>;
}

/** Follows the engine's import from the host: what it reads is kept until it has ended, and is ended by the engine's loss. */
export class ImportWatch {
  readonly #ask: AskEngine;
  readonly #staging: Staging;
  #active: Watched | undefined;
  #starting = 0;

  constructor(ask: AskEngine, staging: Staging) {
    this.#ask = ask;
    this.#staging = staging;
  }

  get importId(): string | undefined {
    return this.#active?.importId;
  }

  get isBusy(): boolean {
    return this.#active !== undefined || this.#starting > 0;
  }

  async start(request: Request<'import:start'>): Promise<Answer<'import:start'>> {
    const letGo = this.#staging.hold(request.staged);
    this.#starting += 1;
    try {
      const { importId } = await this.#ask('import:start', request);
      this.#active = { importId, letGo };
      return { importId };
    } catch (error) {
      await letGo();
      throw error;
    } finally {
      this.#starting -= 1;
    }
  }

  ended(importId: string): void {
    if (this.#active?.importId !== importId) return;
    void this.#active.letGo();
    this.#active = undefined;
  }

  /** The engine is gone. @returns the end of the import that it was running. */
  lost(message: string): Events['import:ended'] | undefined {
    const importId = this.#active?.importId;
    if (importId === undefined) return undefined;
    this.ended(importId);
    const error = {
      code: 'engine-lost',
      message: `${message} The import was cut off; nothing of it is kept.`,
    } as const;
    return { importId, kind: 'failed', error };
  }
}
