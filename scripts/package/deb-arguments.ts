import { parseArgs } from 'node:util';
import { PackageError } from './package-error.ts';

/** What electron-builder asks fpm for, as far as a .deb needs it. */
export interface DebArguments {
  readonly output: string;
  readonly compression: string;
  readonly control: ControlFields;
  /** Scripts by the names dpkg knows them by. */
  readonly scripts: ReadonlyMap<'postinst' | 'postrm', string>;
  /** What lies where: a file or the content of a folder, and its absolute place once installed. */
  readonly mappings: readonly { readonly from: string; readonly to: string }[];
}

export interface ControlFields {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly maintainer: string;
  readonly section: string;
  readonly priority: string;
  readonly homepage: string;
  readonly depends: readonly string[];
  readonly recommends: readonly string[];
  readonly description: string;
}

const text = { type: 'string' } as const;
const list = { type: 'string', multiple: true, default: [] as string[] } as const;

/** @throws PackageError for an option that is not known or one that is missing */
export function debArguments(args: readonly string[]): DebArguments {
  const { values, positionals } = parse(args);
  const need = (name: keyof typeof values): string => {
    const value = values[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new PackageError(`Making a .deb: expected --${name}, found none.`);
  };
  if (values['output-type'] !== 'deb')
    throw new PackageError(`Expected -t deb, found ${String(values['output-type'])}.`);
  return {
    output: need('package'),
    // fpm's name for it, dpkg-deb's for it.
    compression: values['deb-compression'] === 'gz' ? 'gzip' : values['deb-compression'],
    control: {
      name: need('name'),
      version: need('version'),
      architecture: need('architecture'),
      maintainer: need('maintainer'),
      section: values.category,
      priority: values['deb-priority'],
      homepage: need('url'),
      depends: values.depends,
      recommends: values['deb-recommends'],
      description: need('description'),
    },
    scripts: new Map([
      ['postinst', need('after-install')],
      ['postrm', need('after-remove')],
    ]),
    mappings: positionals.map(mapping),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'input-type': { ...text, short: 's' },
        'output-type': { ...text, short: 't' },
        force: { type: 'boolean' },
        package: text,
        name: text,
        version: text,
        architecture: text,
        maintainer: text,
        vendor: text,
        license: text,
        url: text,
        description: text,
        category: { ...text, default: 'misc' },
        depends: { ...list, short: 'd' },
        'deb-recommends': list,
        'deb-priority': { ...text, default: 'optional' },
        'deb-compression': { ...text, default: 'xz' },
        'after-install': text,
        'after-remove': text,
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PackageError(`Making a .deb: ${reason}`, { cause });
  }
}

function mapping(words: string): { from: string; to: string } {
  // The last "=": the left side is a path of this machine's.
  const at = words.lastIndexOf('=/');
  if (at <= 0) throw new PackageError(`Making a .deb: expected FROM=/TO, found "${words}".`);
  return { from: words.slice(0, at), to: words.slice(at + 1) };
}

/**
 * The text of DEBIAN/control (Debian Policy, section 5.3).
 * @param installedKibibytes the sum of the files' sizes, in KiB
 */
export function controlText(fields: ControlFields, installedKibibytes: number): string {
  const [synopsis, ...more] = fields.description
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const lines = [
    `Package: ${fields.name}`,
    `Version: ${fields.version}`,
    `Architecture: ${fields.architecture}`,
    `Maintainer: ${fields.maintainer}`,
    `Installed-Size: ${installedKibibytes}`,
    ...(fields.depends.length > 0 ? [`Depends: ${fields.depends.join(', ')}`] : []),
    ...(fields.recommends.length > 0 ? [`Recommends: ${fields.recommends.join(', ')}`] : []),
    `Section: ${fields.section}`,
    `Priority: ${fields.priority}`,
    `Homepage: ${fields.homepage}`,
    `Description: ${synopsis ?? fields.name}`,
    ...more.map((line) => ` ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}
