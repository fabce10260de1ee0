import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PackageError } from './package-error.ts';

/** A package that ships and the terms it is under. */
export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json says, an SPDX expression as a rule. */
  readonly licence: string;
  /** Its licence and notice files, as they are. */
  readonly texts: readonly string[];
}

const textNames = /^(un)?(licen[cs]e|copying|notice|copyright)([-_.].*)?$/i;

/**
 * What one installed package says of its licence.
 * @throws PackageError for a package that names no licence and brings no text of one
 */
export async function licenceOf(folder: string): Promise<LicensedPackage> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly name?: string;
    readonly version?: string;
    readonly license?: unknown;
    readonly licenses?: unknown;
  };
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && textNames.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const texts = await Promise.all(names.map(async (name) => (await readFile(join(folder, name), 'utf8')).trim()));
  const licence = licenceName(manifest.license ?? manifest.licenses);
  const name = manifest.name ?? folder;
  if (licence === undefined && texts.length === 0) {
    throw new PackageError(`${name}: expected a licence in its package.json or beside it, found none.`);
  }
  return { name, version: manifest.version ?? '', licence: licence ?? 'see its text', texts };
}

/** A package.json's licence: a name, or in old ones an object or a list of objects with a type. */
export function licenceName(field: unknown): string | undefined {
  if (typeof field === 'string' && field !== '') return field;
  if (Array.isArray(field)) return field.map(licenceName).filter(Boolean).join(' OR ') || undefined;
  return typeof field === 'object' && field !== null && 'type' in field ? licenceName(field.type) : undefined;
}

const RULE = '-'.repeat(100);

/** One document of all packages, by name: a list of them and their terms, then every text once with those under it. */
export function licenceDocument(packages: readonly LicensedPackage[]): string {
  const sorted = [...packages].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const holders = new Map<string, string[]>();
  for (const { name, version, texts } of sorted) {
    for (const text of texts) holders.set(text, [...(holders.get(text) ?? []), `${name} ${version}`]);
  }
  const list = sorted.map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
  const without = sorted.filter(({ texts }) => texts.length === 0).map(({ name }) => name);
  return [
    'The npm packages in Autoencoder Studio and the terms they are under',
    '',
    ...list,
    '',
    ...(without.length > 0
      ? [`These bring no text of their licence and only name it in their package.json: ${without.join(', ')}.`, '']
      : []),
    ...[...holders].flatMap(([text, names]) => [RULE, names.join(', '), '', text, '']),
  ].join('\n');
}
