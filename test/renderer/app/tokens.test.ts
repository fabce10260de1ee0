import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pageStyle } from '../../../electron/model/export/html/page-style.ts';
import { projectRoot } from '../../../scripts/step.ts';

/** The colours that each block of a style sheet names, block by block. */
const blocksOf = (sheet: string) =>
  [...sheet.matchAll(/:root[^{]*\{([^}]*)\}/g)].map(([, block]) =>
    Object.fromEntries([...block!.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, colour]) => [name, colour])),
  );

const source = (...path: string[]) => readFileSync(join(projectRoot, ...path), 'utf8');

it('the exported page has the window’s colours, light and dark', () => {
  const [light, dark] = blocksOf(source('renderer', 'styles.css'));
  const [pageLight, pageDark] = blocksOf(pageStyle);
  expect(Object.keys(pageLight!)).toEqual(['bg', 'surface', 'border', 'text', 'muted', 'accent', 'danger']);
  expect(light).toMatchObject(pageLight!);
  expect(Object.keys(pageDark!)).toEqual(Object.keys(pageLight!));
  expect(dark).toMatchObject(pageDark!);
});

it('pictures that leave the window are drawn with its light colours', () => {
  const [light] = blocksOf(source('renderer', 'styles.css'));
  const drawing = /export function lightColours\(\)[^]*?\n\}/.exec(source('renderer', 'charts', 'theme.svelte.ts'))![0];
  const drawn = [...drawing.matchAll(/(\w+): '(#[0-9a-f]{6})'/g)].map(([, name, colour]) => [name, colour]);
  expect(drawn).toHaveLength(9);
  expect(light).toMatchObject(Object.fromEntries(drawn) as object);
});
