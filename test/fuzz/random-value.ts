import type { GenericSchema } from 'valibot';
import { below } from '../random.ts';

/** What there is to see of a schema, whichever kind it is of. */
interface Seen {
  readonly type: string;
  readonly literal?: unknown;
  readonly entries?: Readonly<Record<string, Seen>>;
  readonly options?: readonly unknown[];
  readonly item?: Seen;
  readonly items?: readonly Seen[];
  readonly wrapped?: Seen;
  readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[];
}

/** Lists that are longer seldom hold together. */
const MOST_ITEMS = 4;

/** A value that a schema takes, all of its choices open and small numbers likelier; now and then a number is out of its range. */
export function randomValue(schema: GenericSchema, random: () => number): unknown {
  return valueOf(schema as unknown as Seen, random);
}

function valueOf(schema: Seen, random: () => number): unknown {
  const { literal, entries = {}, options = [], item, items = [], wrapped } = schema;
  switch (schema.type) {
    case 'literal':
      return literal;
    case 'boolean':
      return random() < 0.5;
    case 'number':
      return numberOf(schema, random);
    case 'picklist':
      return options[below(random, options.length)];
    case 'union':
    case 'variant':
      return valueOf(options[below(random, options.length)] as Seen, random);
    case 'array':
      return Array.from({ length: below(random, MOST_ITEMS) }, () => valueOf(item!, random));
    case 'strict_tuple':
      return items.map((each) => valueOf(each, random));
    case 'optional':
    case 'exact_optional':
      return random() < 0.2 ? valueOf(wrapped!, random) : undefined;
    case 'strict_object': {
      const values = Object.entries(entries).map(([name, each]) => [name, valueOf(each, random)] as const);
      return Object.fromEntries(values.filter(([, value]) => value !== undefined));
    }
    default:
      throw new Error(`Expected a schema that values are known of, found "${schema.type}".`);
  }
}

function numberOf({ pipe = [] }: Seen, random: () => number): number {
  const limit = (type: string): number => Number(pipe.find((each) => each.type === type)?.requirement ?? 0);
  const [least, most] = [limit('min_value'), limit('max_value')];
  if (random() < 0.01) return [least - 1, most + 1, 2 * most, 0.5][below(random, 4)]!;
  const value = least + (most - least) * random() ** 8;
  return pipe.some(({ type }) => type === 'integer') ? Math.floor(value) : value;
}
