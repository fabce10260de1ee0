import { describe, expect, it } from 'vitest';
import { controlText, debArguments } from '../../../scripts/package/deb-arguments.ts';
import { gzipArguments } from '../../../scripts/package/gzip-arguments.ts';

const needed = {
  '--package': 'out.deb',
  '--name': 'studio',
  '--version': '1.2.3',
  '--architecture': 'amd64',
  '--maintainer': 'Ada <ada@example.org>',
  '--url': 'https://example.org',
  '--description': 'Trains autoencoders.\n  On images.\n',
  '--after-install': '/tmp/postinst',
  '--after-remove': '/tmp/postrm',
};
const words = (without?: string) => [
  ...['-s', 'dir', '-t', 'deb', '--force', '-d', 'libnss3', '-d', 'xdg-utils'],
  ...Object.entries(needed)
    .filter(([name]) => name !== without)
    .flat(),
  '/build=app/=/opt/Studio',
];

describe('what stands for fpm', () => {
  it('reads what electron-builder asks for, and writes it as Debian’s policy wants it', () => {
    const { control, mappings, scripts, compression } = debArguments(words());
    expect(mappings).toEqual([{ from: '/build=app/', to: '/opt/Studio' }]);
    expect([...scripts]).toEqual([
      ['postinst', '/tmp/postinst'],
      ['postrm', '/tmp/postrm'],
    ]);
    expect(compression).toBe('xz');
    expect(controlText(control, 2_048)).toBe(
      [
        'Package: studio',
        'Version: 1.2.3',
        'Architecture: amd64',
        'Maintainer: Ada <ada@example.org>',
        'Installed-Size: 2048',
        'Depends: libnss3, xdg-utils',
        'Section: misc',
        'Priority: optional',
        'Homepage: https://example.org',
        'Description: Trains autoencoders.',
        ' On images.',
        '',
      ].join('\n'),
    );
  });

  it('names what is missing, what is no .deb and what it does not know', () => {
    expect(() => debArguments(words('--version'))).toThrow('Making a .deb: expected --version, found none.');
    expect(() => debArguments(words().map((word) => (word === 'deb' ? 'rpm' : word)))).toThrow(
      'Expected -t deb, found rpm.',
    );
    expect(() => debArguments([...words(), '--rpm-os=linux'])).toThrow("Unknown option '--rpm-os'");
    expect(() => debArguments([...words(), 'relative'])).toThrow('expected FROM=/TO, found "relative"');
  });
});

describe('what stands for 7-Zip', () => {
  it('takes a level up to the last that is of use', () => {
    expect(gzipArguments(['a', '-bd', '-mx=1', 'a.tar.gz', 'a.tar'])).toEqual({
      level: 1,
      output: 'a.tar.gz',
      input: 'a.tar',
    });
    expect(gzipArguments(['a', '-mx=9', 'a.tar.gz', 'a.tar']).level).toBe(6);
  });

  it.each([
    ['x', 'a.tar.gz', 'a.tar'],
    ['a', 'a.zip', 'a.tar'],
    ['a', '-p=x', 'a.tar.gz', 'a.tar'],
    ['a', 'a.tar.gz'],
  ])('refuses anything else: %s %s', (...args) => {
    expect(() => gzipArguments(args)).toThrow('Compressing: expected "a -mx=LEVEL OUT.tar.gz IN.tar"');
  });
});
