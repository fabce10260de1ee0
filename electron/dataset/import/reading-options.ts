import type { ImportOptions, Preparation } from '../../contract/import-options.ts';
import { guessOptions } from './guess.ts';
import type { Source } from './source.ts';
import type { ImportSystem } from './system.ts';

/** Whether pictures are inverted: as was decided, else as they are guessed. */
export async function inverts(
  source: Source,
  options: ImportOptions,
  system: ImportSystem,
  known?: boolean,
): Promise<boolean> {
  if (options.invert !== 'auto') return options.invert === 'on';
  if (known !== undefined) return known;
  return (await guessOptions(source, options.name, system.atOnce)).autoInverts;
}

/** What the options make of each picture. */
export function preparationOf(options: ImportOptions, invert: boolean): Preparation {
  const { width, height, channels, fit, background, centre, range, bands } = options;
  const numbers = { ...(range === undefined ? {} : { range }), ...(bands === undefined ? {} : { bands }) };
  return { width, height, channels, fit, background, centre, invert, ...numbers };
}
