import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { presetOn, presets } from '../../../electron/domain/presets.ts';
import { helpPages } from '../../../renderer/app/help-pages.ts';
import { codeSettings, layerSettings, wholeModelSettings } from '../../../renderer/experiment/model-settings.ts';
import { mainSettings, trainingGroups } from '../../../renderer/experiment/training-settings.ts';
import type { Place } from '../../../renderer/window/place.ts';
import { mnist } from '../samples.ts';

/** The rooms of the window that each place shows. */
const rooms: Readonly<Record<Place, readonly string[]>> = {
  data: ['places/data'],
  model: ['places/model'],
  train: ['places/train', 'run'],
  reconstruct: ['places/reconstruct', 'compress'],
  odd: ['places/odd'],
  latent: ['places/latent'],
  runs: ['places/runs', 'run', 'compress'],
};

/** Headings and labels that say themselves, or what stands below them does. */
const plain = new Set(
  [
    'Name',
    'Notes',
    'Facts',
    'On disk',
    'Imported',
    'Changed',
    'Split',
    'Goes to',
    'The first row names the columns',
  ].concat(
    ['Folders and what becomes of them', 'What becomes of them', 'Mean training image', 'Weights on disk', 'Layers'],
    ['Multiply-adds an image', 'Cannot be trained', 'Every setting', 'The curve runs along', 'The error is', 'Kind'],
    ['Nearest training images by code', 'Place on the map', 'Test', 'Noise, to be removed', 'Compression', 'Bytes'],
    ['Or an image set that is here', 'Images', 'At most', 'Pictures by score', 'Pictures shown', 'Pictures at hand'],
    ['Images by', 'Training images nearest to its mean code', 'all test images', 'first', 'Format', 'Whole file'],
    ['What the curves show', 'Figures', 'Status', 'Reconstructions of ten test images'],
    ['Columns of', 'Numbers of'],
    ['Scaling inside: the model takes bytes from 0 to 255 and divides them itself'],
    ['Layers: the code is what the marked one gives. The narrowest is proposed.'],
  ),
);

const root = join(import.meta.dirname, '..', '..', '..', 'renderer');
const markupOf = (path: string): string =>
  readFileSync(path, 'utf8')
    .replace(/<style>[\s\S]*<\/style>/, '')
    .replace(/<script[\s\S]*?<\/script>/, '');

/** Heads of figures and labels of fields that are written in a room's views and have no title, hint or help of their own. */
function wordsIn(room: string): readonly string[] {
  const views = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.svelte'),
  );
  return views.flatMap((path) => {
    const markup = markupOf(join(root, room, path));
    const heads = [...markup.matchAll(/<(?:th|dt|h3|legend|caption)\b([^>]*)>([^<{]*)/g)]
      .filter(([, attributes = '']) => !attributes.includes('title='))
      .map(([, , text = '']) => text);
    const fields = [...markup.matchAll(/<(?:\w+Field|Segments|Tick)\b([\s\S]*?)\/?>/g)]
      .filter(([, attributes = '']) => !/\b(hint|help|title)=/.test(attributes))
      .map(([, attributes = '']) => /\blabel="([^"{]*)"/.exec(attributes)?.[1] ?? '');
    return [...heads, ...fields].map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => text.length > 1);
  });
}

it.each(Object.keys(rooms) as Place[])('every figure and field of %s has help, or says itself', (place) => {
  const { about, steps, words } = helpPages[place];
  const text = [about, ...steps, ...words.map(({ word, means }) => `${word}: ${means}`)].join('\n').toLowerCase();
  const missing = rooms[place]
    .flatMap(wordsIn)
    .filter((word) => !plain.has(word) && !text.includes(word.toLowerCase().replace(/[s-]$/, '')));
  expect([...new Set(missing)]).toEqual([]);
});

it.each(presets.map((preset) => [preset.name, preset] as const))(
  'every setting of “%s” says what it does',
  (_name, preset) => {
    const experiment = presetOn(preset, mnist);
    const { encoder, decoder } = experiment.model;
    const layers = [...encoder, ...(decoder === 'mirror' ? [] : decoder)];
    const settings = [
      ...layers.flatMap((layer) => layerSettings('model.encoder.0', layer)),
      ...codeSettings(experiment),
      ...wholeModelSettings,
      ...mainSettings(experiment),
      ...trainingGroups.flatMap((group) => group.settings(experiment)),
    ];
    expect(settings.length).toBeGreaterThan(20);
    expect(
      settings.filter(({ help }) => !/^[A-Z0-9].{8,}[.)]$/.test(help)).map(({ path, help }) => [path, help]),
    ).toEqual([]);
  },
);
