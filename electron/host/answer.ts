import * as v from 'valibot';
import { requestSchemas, type Handlers, type WindowChannel } from '../contract/contract.ts';
import { StudioError } from '../domain/errors.ts';
import { describeIssue } from '../domain/describe-issue.ts';

const isWindowChannel = (channel: string): channel is WindowChannel =>
  Object.hasOwn(requestSchemas, channel) && !/^(?:engine|preload):/.test(channel);

/**
 * The one place where what a window sends is checked: the channel must be a window's, the request must fit its schema.
 * Rejects with `refused` or with `bad-request`, naming the field, what was expected and what was found.
 */
export function checkedAnswer(handlers: Handlers<WindowChannel>) {
  return async (channel: string, request: unknown): Promise<unknown> => {
    if (!isWindowChannel(channel)) throw new StudioError('refused', `A window may not call "${channel}".`);
    const parsed = v.safeParse(requestSchemas[channel], request);
    if (!parsed.success) throw new StudioError('bad-request', `${channel}: ${describeIssue(parsed.issues[0])}`);
    const handler = handlers[channel] as (checked: unknown) => Promise<unknown>;
    return handler(parsed.output);
  };
}
