import * as v from 'valibot';

/** Longer than any message: what goes on without a line's end is no message of ours. */
const MOST_LINE = 1_000_000;

type Schemas = Readonly<Record<string, v.GenericSchema>>;

/** A line of the trainee's as one of the messages of a program. */
export type ToldLine<S extends Schemas> = {
  readonly [K in keyof S & string]: { readonly kind: K; readonly fields: v.InferOutput<S[K]> };
}[keyof S & string];

/**
 * One line "@@KIND {json}" as a message (resources/cluster/studio/protocol.py); nothing for all else that such programs print, and
 * for a message that is damaged.
 */
export function readToldLine<S extends Schemas>(
  line: string,
  schemas: S,
  mostLength = MOST_LINE,
): ToldLine<S> | undefined {
  const found = /^@@([A-Z]+) (\{.*\})\r?$/.exec(line);
  const [, kind, json] = found ?? [];
  if (kind === undefined || json === undefined || json.length > mostLength) return undefined;
  const schema = Object.hasOwn(schemas, kind) ? schemas[kind] : undefined;
  if (schema === undefined) return undefined;
  const parsed = v.safeParse(schema, parseJson(json));
  return parsed.success ? ({ kind, fields: parsed.output } as ToldLine<S>) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
