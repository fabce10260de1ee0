import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../../scripts/step.ts';

const text = readFileSync(join(projectRoot, 'electron-builder.yml'), 'utf8');

/** The lines of a list, without their dashes and quotes. */
function listOf(name: string): readonly string[] {
  const list = new RegExp(`^${name}:\\n((?: +.*\\n| *#.*\\n)+)`, 'm').exec(text)?.[1] ?? '';
  return [...list.matchAll(/^ +- '?([^'\n]*)'?$/gm)].map(([, line]) => line!);
}

it('leaves out of the archive what the system’s own loader reads, on every system', () => {
  expect(listOf('asarUnpack')).toEqual(
    expect.arrayContaining(['**/*.node', '**/*.dll', '**/deps/lib/**', '**/@img/sharp-libvips-*/**']),
  );
});

it('ships TensorFlow on Windows once, beside the binding that looks for it there', () => {
  expect(listOf('files')).toContain('!node_modules/@tensorflow/tfjs-node/deps/lib/*.{dll,lib}');
});

it('leaves the Node out that only the scripts of a checkout run on', () => {
  expect(listOf('files')).toContain('!node_modules/{node-linux-*,node-win-*,node-darwin-*,node-bin-*}/**');
});

it('makes an AppImage that starts without FUSE 2, with the sandbox on', () => {
  expect(text).toMatch(/^toolsets:\n +appimage: 1\./m);
  expect(text).toMatch(/^ +executableArgs: \[\]$/m);
});
