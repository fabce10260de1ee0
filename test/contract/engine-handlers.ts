import { requestSchemas, type EngineChannel, type Handlers } from '../../electron/contract/contract.ts';
import { StudioError } from '../../electron/domain/errors.ts';

/** An engine's handlers: those a test gives, and for every other call an error. */
export function engineHandlers(given: Partial<Handlers<EngineChannel>> = {}): Handlers<EngineChannel> {
  const unexpected = () => Promise.reject(new StudioError('internal', 'not part of this test'));
  const all = Object.fromEntries(Object.keys(requestSchemas).map((channel) => [channel, unexpected]));
  return { ...(all as unknown as Handlers<EngineChannel>), ...given };
}
