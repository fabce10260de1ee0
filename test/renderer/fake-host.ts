import type { Answer, Events, EventName, Request, StudioApi, WindowChannel } from '../../electron/contract/contract.ts';
import type { HandedFile } from '../../electron/contract/files.ts';
import { StudioError, toErrorData, type Result } from '../../electron/domain/errors.ts';
import type { Connection, Link } from '../../renderer/link/connection.ts';
import { mnist } from './samples.ts';
import { held, type Held } from './held-answers.ts';

type Answers = { [C in WindowChannel]?: (request: Request<C>) => Answer<C> | Promise<Answer<C>> };

export interface HeldCall<C extends WindowChannel> extends Held<Answer<C>> {
  readonly request: Request<C>;
}

/** A host whose answers a test writes down; what has none is answered with an error, and so is what throws a StudioError. */
export class FakeHost implements Connection {
  readonly asked: WindowChannel[] = [];
  /** What was handed over, in order; the first is "staged-1". */
  readonly staged: (readonly HandedFile[])[] = [];
  answers: Answers = {
    'app:describe': () => ({
      host: 'desktop',
      version: '0',
      dataFolder: '/data',
      engine: { kind: 'ready', tensorflow: '2', threads: 2 },
    }),
    'image-set:list': () => [mnist],
    'run:list': () => [],
    'run:stop': () => ({}),
    'queue:read': () => ({ held: false, entries: [], problems: [] }),
    'settings:read': () => ({ settings: {}, cores: 4 }),
  };
  readonly #listeners = new Map<EventName, ((payload: never) => void)[]>();
  readonly #linkListeners: ((link: Link) => void)[] = [];

  readonly api: StudioApi = {
    call: async (channel, request) => this.#answer(channel, request),
    stage: async (files) => {
      const staged = `staged-${this.staged.push(files)}`;
      const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
      return { ok: true, value: { staged, files: files.length, bytes } };
    },
    takesFolders: true,
    listen: (event, listener) => {
      this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
      return () => undefined;
    },
  };

  /** Holds the answers to a channel back until the test gives them, each with what was asked, in order. */
  hold<C extends WindowChannel>(channel: C): HeldCall<C>[] {
    const calls: HeldCall<C>[] = [];
    const answer = (request: Request<C>) => {
      const call = { request, ...held<Answer<C>>() };
      calls.push(call);
      return call.promise;
    };
    Object.assign(this.answers, { [channel]: answer });
    return calls;
  }

  onLink(listener: (link: Link) => void): () => void {
    this.#linkListeners.push(listener);
    return () => undefined;
  }

  tell<E extends EventName>(event: E, payload: Events[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload as never);
  }

  setLink(link: Link): void {
    for (const listener of this.#linkListeners) listener(link);
  }

  async #answer<C extends WindowChannel>(channel: C, request: Request<C>): Promise<Result<Answer<C>>> {
    this.asked.push(channel);
    const answer = this.answers[channel];
    if (!answer) return { ok: false, error: { code: 'not-found', message: `No answer for ${channel}.` } };
    try {
      return { ok: true, value: await answer(request) };
    } catch (error) {
      if (error instanceof StudioError) return { ok: false, error: toErrorData(error) };
      throw error;
    }
  }
}
