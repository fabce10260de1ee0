import * as v from 'valibot';
import { jobMessages, type JobMessage, type JobMessageKind } from '../contract/cluster.ts';

/** Longer than any message: what goes on without a line's end is no message of ours. */
const MOST_LINE = 100_000;

/** One line of the job's log as a message; nothing for all else that jobs print, and for a message that is damaged. */
export function readJobMessage(line: string): JobMessage | undefined {
  const found = /^@@([A-Z]+) (\{.*\})\r?$/.exec(line);
  const [, kind, json] = found ?? [];
  if (kind === undefined || json === undefined || json.length > MOST_LINE || !isKind(kind)) return undefined;
  const parsed = v.safeParse(jobMessages[kind], parseJson(json));
  return parsed.success ? ({ kind, fields: parsed.output } as JobMessage) : undefined;
}

const isKind = (kind: string): kind is JobMessageKind => Object.hasOwn(jobMessages, kind);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
