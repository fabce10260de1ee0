import {
  requestSchemas,
  type Answer,
  type EngineChannel,
  type Handlers,
  type Request,
  type WindowChannel,
} from '../contract/contract.ts';
import { unwrap } from '../domain/errors.ts';
import type { EngineProcess } from './engine-process.ts';
import type { Staging } from './staging.ts';

/** What the host answers itself, or has something to do for before or after the engine answers. */
export type HostChannel =
  Exclude<WindowChannel, EngineChannel> | 'run:start' | 'run:resume' | 'import:start' | 'model:import';

export type AskEngine = <C extends EngineChannel>(channel: C, request: Request<C>) => Promise<Answer<C>>;

/** Asks the engine; one that is to read staged files is told first where they lie, because it may have been started anew. */
export function engineAsker(engine: EngineProcess, staging: Staging): AskEngine {
  return async (channel, request) => {
    const staged = stagedIn(request);
    if (staged !== undefined) {
      unwrap(await engine.call('engine:stage', { staged, paths: [...staging.paths(staged)] }));
    }
    return unwrap(await engine.call(channel, request));
  };
}

/** Answers for all that a window may call: `own` where there is one, else the engine's. */
export function windowHandlers(ask: AskEngine, own: Handlers<HostChannel>): Handlers<WindowChannel> {
  const forwarded = Object.keys(requestSchemas).map((channel) => [
    channel,
    (request: never) => ask(channel as EngineChannel, request),
  ]);
  return { ...(Object.fromEntries(forwarded) as Handlers<WindowChannel>), ...own };
}

/** The staged files that a request names, itself or in its source. */
function stagedIn(request: object): string | undefined {
  if ('staged' in request && typeof request.staged === 'string') return request.staged;
  if ('source' in request && typeof request.source === 'object' && request.source !== null) {
    return stagedIn(request.source);
  }
  return undefined;
}
