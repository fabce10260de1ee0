import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { developmentOnly } from '../../../scripts/package/development-packages.ts';
import { licenceDocument, licenceName, licenceOf } from '../../../scripts/package/licences.ts';
import { needlessFiles } from '../../../scripts/package/needless.ts';
import type { ShippedFile } from '../../../scripts/package/shipped.ts';
import { partsOf, sizeTable } from '../../../scripts/package/size-table.ts';
import { packagesNamedIn } from '../../../scripts/package/window-packages.ts';
import { TemporaryFolder } from '../../dataset/idx-bytes.ts';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const inArchive = (path: string, bytes = 10): ShippedFile => ({
  path: `resources/app.asar/${path}`,
  bytes,
  place: 'archive',
});
const modules = 'resources/app.asar.unpacked/node_modules';

describe('what nobody needs in a package', () => {
  it.each([
    ['out/main/index.js.map', 'a source map.'],
    ['node_modules/ws/index.d.ts', 'type declarations.'],
    ['node_modules/a/src/x.cc', 'a source or a product of building.'],
    ['node_modules/@tensorflow/tfjs-core/dist/tf-core.fesm.min.js', 'a bundle for browsers.'],
    ['node_modules/@tensorflow/tfjs/dist/tf.min.js', 'a bundle for browsers.'],
    ['node_modules/vitest/package.json', 'of a development package.'],
    ['node_modules/sharp/node_modules/vitest/index.js', 'of a development package.'],
  ])('is %s', async (path, what) => {
    expect(await needlessFiles(folder.path, [inArchive(path)], new Set(['vitest']))).toEqual([`${path}: ${what}`]);
  });

  it('is neither the app, nor TensorFlow’s bundle for Node, nor anything beside the app', async () => {
    const files = [
      inArchive('out/main/index.js'),
      inArchive('node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js'),
      { path: 'locales/de.pak', bytes: 5, place: 'beside' },
      { path: 'LICENSES.chromium.html.map', bytes: 5, place: 'beside' },
    ] as const;
    expect(await needlessFiles(folder.path, files, new Set())).toEqual([]);
  });

  it('is a large file with the content of another, and a link that leads out', async () => {
    const large = (name: string, fill: number): ShippedFile => {
      const path = `${modules}/${name}`;
      mkdirSync(join(folder.path, modules), { recursive: true });
      writeFileSync(join(folder.path, path), new Uint8Array(1_000_000).fill(fill));
      return { path, bytes: 1_000_000, place: 'unpacked' };
    };
    const link: ShippedFile = { path: `${modules}/libx.so`, bytes: 20, place: 'unpacked', leadsOut: true };
    const found = await needlessFiles(
      folder.path,
      [large('a.so', 1), large('b.so', 2), large('c.so', 1), link],
      new Set(),
    );
    expect(found).toEqual([
      `${modules}/libx.so: a link that leads out of the app.`,
      `${modules}/c.so: the same as ${modules}/a.so.`,
    ]);
  });

  it('is of a development package only where production does not need it too', () => {
    const packages = {
      '': {},
      'node_modules/vitest': { dev: true },
      'node_modules/semver': { dev: true },
      'node_modules/sharp/node_modules/semver': {},
      'node_modules/@types/node': { dev: true },
    };
    expect([...developmentOnly({ packages })]).toEqual(['vitest', '@types/node']);
  });
});

describe('the table of sizes', () => {
  it('has each part once, the largest first, and their sum', () => {
    const files = [
      inArchive('out/main/index.js', 400_000),
      inArchive('out/renderer/index.html', 1_000_000),
      inArchive('out/preload/index.cjs', 600_000),
      { path: `${modules}/@tensorflow/tfjs-node/deps/lib/libtensorflow.so`, bytes: 5_000_000, place: 'unpacked' },
      { path: 'studio', bytes: 100_000, place: 'beside' },
    ] as const;
    expect(sizeTable(partsOf(files)).split('\n')).toEqual([
      'libtensorflow         5.0 MB  1 file ',
      'window                1.6 MB  2 files',
      'app and command line  0.4 MB  1 file ',
      'Electron              0.1 MB  1 file ',
      'total                 7.1 MB  5 files',
    ]);
  });
});

describe('the licences of packages', () => {
  it('are named in package.json in whatever way it has been usual', () => {
    expect(licenceName('MIT')).toBe('MIT');
    expect(licenceName({ type: 'BSD-3-Clause' })).toBe('BSD-3-Clause');
    expect(licenceName([{ type: 'MIT' }, 'Apache-2.0'])).toBe('MIT OR Apache-2.0');
    expect(licenceName(undefined)).toBeUndefined();
  });

  it('are gathered with each text once; a package without any is an error', async () => {
    const make = (name: string, manifest: object, text?: string): string => {
      const at = join(folder.path, name);
      mkdirSync(at);
      writeFileSync(join(at, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
      if (text !== undefined) writeFileSync(join(at, 'LICENSE.md'), text);
      return at;
    };
    const packages = await Promise.all(
      [
        make('b', { license: 'MIT' }, 'Do as you like.\n'),
        make('a', {}, 'Do as you like.'),
        make('c', { license: 'ISC' }),
      ].map(licenceOf),
    );
    const text = licenceDocument(packages);
    expect(text).toContain('a 1.0.0: see its text\nb 1.0.0: MIT\nc 1.0.0: ISC\n');
    expect(text).toContain('only name it in their package.json: c.');
    expect(text.split('Do as you like.')).toHaveLength(2);
    expect(text).toContain('a 1.0.0, b 1.0.0\n\nDo as you like.');
    await expect(licenceOf(make('d', {}))).rejects.toThrow(
      'd: expected a licence in its package.json or beside it, found none.',
    );
  });

  it('are those of the packages a window’s source imports', () => {
    const source = `
      import { Chart } from 'chart.js';
      import { randomNormal } from 'd3-random/src/normal.js';
      import x from './own.ts';
      import type { A } from '@scope/name/deep';
      const lazy = import('gifenc');`;
    expect(packagesNamedIn(source)).toEqual(['chart.js', 'd3-random', '@scope/name', 'gifenc']);
  });
});
