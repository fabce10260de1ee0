import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { StudioError } from '../../../electron/domain/errors.ts';

/** What the command line gives. @throws StudioError `bad-request` with the usage below what is wrong */
export function parseOptions<T extends ParseArgsOptionsConfig>(options: T, usage: string) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new StudioError('bad-request', `${(error as Error).message}\n\n${usage}`, { cause: error });
  }
}

/** @throws StudioError `bad-request` naming the option, what was expected and what was found */
export function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new StudioError('bad-request', `--${name}: expected 1 to ${most}, found ${text}`);
}
