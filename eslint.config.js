import js from '@eslint/js';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

/** Which folder may import which: the folder is the process. Anything not listed fails `npm run check`. */
const arrows = {
  domain: [],
  contract: ['domain'],
  files: ['domain', 'contract'],
  dataset: ['domain', 'contract', 'files'],
  engine: ['domain', 'contract', 'files'],
  model: ['domain', 'contract', 'files', 'engine'],
  training: ['domain', 'contract', 'files', 'dataset', 'engine', 'model'],
  'engine-process': ['domain', 'contract', 'files', 'dataset', 'engine', 'model', 'training'],
  cluster: ['domain', 'contract', 'files'],
  host: ['domain', 'contract', 'files', 'cluster'],
  main: ['domain', 'contract', 'files', 'host'],
  preload: ['domain', 'contract'],
  cli: ['domain', 'contract', 'files', 'dataset', 'engine', 'model', 'training', 'engine-process', 'cluster', 'host'],
};
const folders = Object.keys(arrows);

/** The window's floors, the lowest first: a room may import only from rooms below it, and a place never another place. */
const floors = [
  ['link'],
  ['widgets', 'window', 'maths'],
  ['cluster', 'files'],
  ['charts'],
  ['experiment', 'compress'],
  ['run', 'pictures'],
  ['data', 'model', 'train', 'reconstruct', 'odd', 'latent', 'runs'].map((place) => `places/${place}`),
  ['app'],
];

const NO_ELECTRON = {
  group: folders.filter((name) => name !== 'contract' && name !== 'domain').map((name) => `**/electron/${name}/*`),
  message: 'The renderer may import only electron/contract and electron/domain.',
};
const NO_NODE = { regex: '^(node:|electron$|@tensorflow/)', message: 'The window has neither Node nor TensorFlow.' };

/** A room of the window, by the way that leads out of it, so that a folder of the same name inside a room is not meant. */
const room = (name, floor) => {
  const barred = [...floors[floor].filter((other) => other !== name), ...floors.slice(floor + 1).flat()];
  // Places stand side by side in a folder.
  const siblings = name.startsWith('places/') ? barred.map((other) => other.replace('places/', '')) : [];
  const below = floors.slice(0, floor).flat();
  return {
    files: [`renderer/${name}/**/*.{ts,svelte}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            NO_ELECTRON,
            NO_NODE,
            {
              regex: `^(\\.\\./)+(${[...barred, ...siblings].join('|')})/`,
              message: `renderer/${name} may import only from itself and from below: ${below.join(', ')}.`,
            },
          ],
        },
      ],
    },
  };
};

/** Packages that must stay out of a folder whatever its neighbours are. */
const foreign = (folder) => [
  ...(['main', 'preload'].includes(folder) ? [] : ['electron', 'electron/*']),
  ...(['engine', 'model', 'training', 'engine-process'].includes(folder) ? [] : ['@tensorflow/*']),
  'svelte',
  'svelte/*',
];

const layer = (folder, allowed) => ({
  files: [`electron/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: [
              ...folders.filter((name) => name !== folder && !allowed.includes(name)).map((name) => `**/${name}/*`),
              '**/renderer/**',
            ],
            message: `electron/${folder} may import only from: ${[folder, ...allowed].join(', ')}.`,
          },
          { group: foreign(folder), message: `electron/${folder} must not know this package.` },
        ],
      },
    ],
  },
});

export default ts.config(
  {
    ignores: [
      'node_modules/',
      'out/',
      'release/',
      'test-results/',
      'playwright-report/',
      '.stryker-tmp/',
      '**/*_pb.ts',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.node } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/unified-signatures': 'off',
      'no-undef': 'off',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400, skipComments: true, skipBlankLines: true }],
      'max-lines-per-function': ['error', { max: 80, skipComments: true, skipBlankLines: true }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  ...Object.entries(arrows).map(([folder, allowed]) => layer(folder, allowed)),
  {
    files: ['renderer/**/*.{ts,svelte}'],
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      'no-restricted-imports': ['error', { patterns: [NO_ELECTRON, NO_NODE] }],
    },
  },
  {
    // Loaded any other way, its GLib takes the functions of the one that Electron has loaded: pictures are then read wrongly.
    files: ['electron/**/*.ts'],
    ignores: ['electron/dataset/picture/load-sharp.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          'ImportDeclaration[source.value=/^(sharp|@img.sharp.*)$/][importKind!="type"]',
          'ImportExpression[source.value=/^(sharp|@img.sharp.*)$/]',
          'CallExpression[callee.name="require"][arguments.0.value=/^(sharp|@img.sharp.*)$/]',
        ].map((selector) => ({
          selector,
          message: 'sharp is loaded by loadSharp (electron/dataset/picture/load-sharp.ts).',
        })),
      ],
    },
  },
  ...floors.flatMap((rooms, floor) => rooms.map((name) => room(name, floor))),
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
    rules: { 'max-lines-per-function': 'off' },
  },
  { files: ['test/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  {
    // Playwright's own describes the whole page again and again while it waits for what is not there yet.
    files: ['test/app/**/*.ts'],
    ignores: ['test/app/harness/expect.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@playwright/test',
              importNames: ['expect'],
              message: 'expect comes from test/app/harness/expect.ts, which fixtures.ts hands on.',
            },
          ],
        },
      ],
    },
  },
  { files: ['**/*.config.{js,ts}'], rules: { 'no-restricted-exports': 'off' } },
);
