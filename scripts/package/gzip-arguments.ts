import { PackageError } from './package-error.ts';

/** What a 7-Zip command line for gzip asks for. */
export interface GzipArguments {
  /** 0 (stored) to 9. */
  readonly level: number;
  readonly output: string;
  readonly input: string;
}

/** Levels above 6 take three times as long on the libraries and save a hundredth. */
const MOST_USEFUL_LEVEL = 6;

/** @throws PackageError for anything but `a [-bd] [-mx=LEVEL] OUT.gz IN` */
export function gzipArguments(args: readonly string[]): GzipArguments {
  const [command, ...rest] = args;
  const names = rest.filter((arg) => !arg.startsWith('-'));
  const [output, input] = names;
  const unknown = rest.filter((arg) => arg.startsWith('-') && !/^-(bd|bb|mx=\d|mtc=off)$/.test(arg));
  if (command !== 'a' || !output?.endsWith('.gz') || input === undefined || names.length > 2 || unknown.length > 0) {
    throw new PackageError(`Compressing: expected "a -mx=LEVEL OUT.tar.gz IN.tar", found "${args.join(' ')}".`);
  }
  const level = Number(rest.find((arg) => arg.startsWith('-mx='))?.slice('-mx='.length) ?? MOST_USEFUL_LEVEL);
  return { level: Math.min(level, MOST_USEFUL_LEVEL), output, input };
}
