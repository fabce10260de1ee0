import type { Answer, Channel, EventName, Events, Handlers, Request } from './contract.ts';
import { StudioError, toErrorData, type ErrorData, type Result } from '../domain/errors.ts';

/**
 * The message protocol of both hops, window ↔ host and host ↔ engine: requests with ids, results as data, events.
 * It knows no transport: a `Port` may be Electron's IPC, a child process's channel or a WebSocket.
 */
export interface Port {
  post(message: unknown): void;
  /** Returns its unsubscribe. */
  onMessage(listener: (message: unknown) => void): () => void;
}

export type Message =
  | { readonly kind: 'call'; readonly id: number; readonly channel: string; readonly request: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly result: Result<unknown> }
  | { readonly kind: 'event'; readonly name: EventName; readonly payload: unknown };

/** The one channel of Electron's IPC that messages cross on. */
export const IPC_CHANNEL = 'studio';

/** Told about a message that was ignored: what was expected, and what was found. */
export type Report = (problem: string) => void;

const ignoreProblems: Report = () => undefined;

const knownEvents: Readonly<Record<EventName, true>> = {
  'run:started': true,
  'run:path-chosen': true,
  'run:progressed': true,
  'run:epoch-ended': true,
  'run:snapshot-taken': true,
  'run:paused': true,
  'run:resumed': true,
  'run:ended': true,
  'run:told': true,
  'import:progressed': true,
  'import:ended': true,
  'model:progressed': true,
  'model-import:told': true,
  'compression:progressed': true,
  'inspection:progressed': true,
  'image-set:plane-progressed': true,
  'image-sets:changed': true,
  'files:arrived': true,
  'command:chosen': true,
  'settings:changed': true,
  'runs:changed': true,
  'queue:changed': true,
  'torch:changed': true,
  'engine:state-changed': true,
};

export const eventNames = Object.keys(knownEvents) as readonly EventName[];

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const isErrorData = (value: unknown): value is ErrorData =>
  isFields(value) && typeof value['code'] === 'string' && typeof value['message'] === 'string';

function isResult(value: unknown): value is Result<unknown> {
  if (!isFields(value)) return false;
  return value['ok'] === true ? 'value' in value : value['ok'] === false && isErrorData(value['error']);
}

function describe(value: unknown): string {
  if (!isFields(value)) return value === null ? 'null' : typeof value;
  return `{ ${Object.keys(value).slice(0, 6).join(', ')} }`;
}

/** The message's envelope, checked; a string says what is wrong with it. */
export function readMessage(value: unknown): Message | string {
  if (!isFields(value)) return `Expected a message of kind call, answer or event, found ${describe(value)}.`;
  const { kind, id } = value;
  if (kind === 'event') {
    const name = value['name'];
    if (typeof name === 'string' && Object.hasOwn(knownEvents, name)) return value as Message;
    return `Expected an event's name, found ${typeof name === 'string' ? `"${name}"` : describe(name)}.`;
  }
  if (kind !== 'call' && kind !== 'answer') {
    return `Expected a message of kind call, answer or event, found ${describe(value)}.`;
  }
  if (!Number.isSafeInteger(id)) {
    return `Expected a whole number as the id of a message of kind ${kind}, found ${describe(id)}.`;
  }
  if (kind === 'answer') return value as Message;
  if (typeof value['channel'] === 'string') return value as Message;
  return `Expected a channel's name in call ${String(id)}, found ${describe(value['channel'])}.`;
}

/**
 * The calling end. A call's promise never rejects: what went wrong is in its result. An answer nobody waits for
 * (late, or given twice) is dropped by its id.
 */
export class Caller<C extends Channel> {
  readonly #port: Port;
  readonly #report: Report;
  readonly #pending = new Map<number, (result: Result<unknown>) => void>();
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();
  readonly #unsubscribe: () => void;
  // Random, so that an answer to a page since reloaded is not taken for an answer to the new one.
  #nextId = Math.floor(Math.random() * 2 ** 30) * 2 ** 20;
  #closed: ErrorData | undefined;

  constructor(port: Port, report: Report = ignoreProblems) {
    this.#port = port;
    this.#report = report;
    this.#unsubscribe = port.onMessage((value) => this.#receive(value));
  }

  call<K extends C>(channel: K, request: Request<K>): Promise<Result<Answer<K>>> {
    if (this.#closed) return Promise.resolve({ ok: false, error: this.#closed });
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve as (result: Result<unknown>) => void);
      try {
        this.#port.post({ kind: 'call', id, channel, request } satisfies Message);
      } catch (error) {
        this.#pending.delete(id);
        resolve({ ok: false, error: toErrorData(error) });
      }
    });
  }

  /** Returns its unsubscribe. */
  listen<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    // Wrapped, so that one function listening twice is two listeners.
    const entry = (payload: Events[E]) => listener(payload);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  /** Answers everything pending, and every later call, with this error. */
  close(error: StudioError): void {
    if (this.#closed) return;
    this.#closed = toErrorData(error);
    this.#unsubscribe();
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const resolve of waiting) resolve({ ok: false, error: this.#closed });
  }

  #receive(value: unknown): void {
    const message = readMessage(value);
    if (typeof message === 'string') return this.#report(message);
    if (message.kind === 'call')
      return this.#report(`Expected an answer or an event, found a call of ${message.channel}.`);
    if (message.kind === 'event') {
      for (const listener of [...(this.#listeners.get(message.name) ?? [])]) listener(message.payload as never);
      return;
    }
    const resolve = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (isResult(message.result)) return resolve?.(message.result);
    const problem = `Expected a result in answer ${message.id}, found ${describe(message.result)}.`;
    this.#report(problem);
    resolve?.({ ok: false, error: { code: 'internal', message: problem } });
  }
}

/** Answers the calls that come in on a port, whatever their channel. Returns its unsubscribe. */
export function servePort(
  port: Port,
  answer: (channel: string, request: unknown) => Promise<unknown>,
  report: Report = ignoreProblems,
): () => void {
  return port.onMessage((value) => {
    const message = readMessage(value);
    if (typeof message === 'string') return report(message);
    if (message.kind !== 'call') return report(`Expected a call, found a message of kind ${message.kind}.`);
    const send = (result: Result<unknown>): void =>
      port.post({ kind: 'answer', id: message.id, result } satisfies Message);
    void settle(() => answer(message.channel, message.request))
      .then((result) => send(result))
      .catch((error: unknown) => {
        report(`The answer to ${message.channel} could not be sent: ${toErrorData(error).message}`);
        // It is waited for. A port that is closed takes this neither.
        send({ ok: false, error: toErrorData(error) });
      })
      .catch(() => undefined);
  });
}

/** Answers each channel by its handler; a channel without one is refused. Returns its unsubscribe. */
export function serveCalls<C extends Channel>(port: Port, handlers: Handlers<C>, report?: Report): () => void {
  const byName = handlers as Readonly<Record<string, (request: never) => Promise<unknown>>>;
  const answer = (channel: string, request: unknown) => {
    const handler = Object.hasOwn(byName, channel) ? byName[channel] : undefined;
    if (!handler) throw new StudioError('refused', `No such call here: "${channel}".`);
    return handler(request as never);
  };
  return servePort(port, async (channel, request) => answer(channel, request), report);
}

export function sendEvent<E extends EventName>(port: Port, name: E, payload: Events[E]): void {
  port.post({ kind: 'event', name, payload } satisfies Message);
}

async function settle(work: () => Promise<unknown>): Promise<Result<unknown>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: toErrorData(error) };
  }
}
