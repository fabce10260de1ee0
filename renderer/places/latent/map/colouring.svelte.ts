import type { PageFile } from '../../../../electron/contract/files.ts';
import { StudioError, toErrorData, type ErrorData } from '../../../../electron/domain/errors.ts';
import { gradients, type GradientName } from '../../../charts/map/gradients.ts';
import { shapeOfClass, shapes, type Shape } from '../../../charts/map/point-cloud.ts';
import { defaultPalette } from '../../../charts/map/default-palette.ts';
import {
  coloursOfClasses,
  coloursOfNumbers,
  countsOf,
  labelColumn,
  scaleOf,
  unitColumn,
  type ColourColumn,
} from './colour-columns.ts';
import { csvTable, keysAreIndices, matchedColumn, placesOfKeys, type CsvTable } from './csv-column.ts';
import { clusterNames } from '../../../maths/clusters.ts';
import { findClusters, type FindClusters } from '../../../maths/find-clusters.ts';
import { LatestRequest, type Job, type RequestToken } from '../../../link/latest-request.svelte.ts';
import type { Explorer } from '../explorer.svelte.ts';
import { pickAll } from '../../../pictures/picked-images.ts';
import type { Remembered } from '../../../window/remembered.ts';

/** "label", "error", "clusters", "unit:3", "column:0". */
export type ColourBy = 'label' | 'error' | 'clusters' | `unit:${number}` | `column:${number}`;

/** A class in the legend. */
export interface LegendClass {
  readonly index: number;
  readonly name: string;
  readonly colour: string;
  readonly shape: Shape;
  readonly count: number;
  readonly hidden: boolean;
}

interface MadeColumn {
  readonly column: ColourColumn;
  /** Of the table it is from. */
  readonly rows?: { readonly matched: number; readonly unmatched: number };
}

/** What the points' colours say, and which classes are shown. */
export class Colouring {
  by = $state.raw<ColourBy>('label');
  palette = $state.raw<readonly string[]>(defaultPalette);
  gradient = $state.raw<GradientName>('viridis');
  hidden = $state.raw<readonly number[]>([]);

  table = $state.raw<CsvTable>();
  problem = $state.raw<ErrorData>();
  /** Rows of the table's column that named an image, and those that did not. */
  matched = $state.raw<{ readonly matched: number; readonly unmatched: number }>();
  /** What is coloured by when it is neither label nor error: made when it is chosen. */
  #made = $state.raw<{ readonly by: ColourBy; readonly column: ColourColumn }>();
  readonly #choices = new LatestRequest();
  readonly #explorer: Explorer;
  readonly #remembered: Remembered;
  readonly #find: FindClusters;

  readonly column = $derived.by(() => this.#columnOf(this.by));
  readonly scale = $derived(this.column.kind === 'numbers' ? scaleOf(this.column.values) : undefined);
  /** A packed colour an image; 0 for those that are hidden. */
  readonly colours = $derived.by(() => this.#colours());
  /** Each image's shape, where there are more classes than colours. */
  readonly signs = $derived.by(() => this.#signs());
  /** 1 for each image that is shown. */
  readonly visible = $derived(new Uint8Array(this.colours.map((colour) => (colour === 0 ? 0 : 1))));
  readonly legend = $derived.by(() => this.#legend());

  constructor(explorer: Explorer, remembered: Remembered, find: FindClusters = findClusters) {
    this.#find = find;
    this.#explorer = explorer;
    this.#remembered = remembered;
    this.palette = readPalette(remembered.get('palette')) ?? defaultPalette;
    const gradient = remembered.get('gradient') ?? '';
    if (Object.hasOwn(gradients, gradient)) this.gradient = gradient as GradientName;
  }

  /** Whether what is to be coloured by is still being made. */
  get busy(): boolean {
    return this.#choices.busy;
  }

  /** Colours by something else; what must be fetched for it is fetched first. */
  async choose(by: ColourBy): Promise<void> {
    await this.#try((token) => this.#take(by, token));
  }

  /** Reads a table of a person's own, and colours by its first column: once there are points to be coloured. */
  async addTable(file: Pick<PageFile, 'name' | 'arrayBuffer'>): Promise<void> {
    await this.#try(async (token) => {
      const bytes = await file.arrayBuffer();
      if (token.isStale) return;
      if (!this.#explorer.points) throw noMap(file.name, this.#explorer.loading);
      this.table = csvTable(file.name, new TextDecoder().decode(bytes));
      await this.#take('column:0', token);
    });
  }

  /** The model's weights have changed: what is made of its codes is made anew. */
  async renew(): Promise<void> {
    if (this.by.startsWith('unit:') || this.by === 'clusters') await this.choose(this.by);
  }

  /** After another model or split: its columns are no longer these images'. */
  reset(): void {
    this.#choices.cancel();
    this.by = 'label';
    this.hidden = [];
    this.#made = undefined;
    this.table = undefined;
    this.matched = undefined;
    this.problem = undefined;
  }

  toggle(index: number): void {
    const shown = this.hidden.filter((other) => other !== index);
    this.hidden = shown.length < this.hidden.length ? shown : [...shown, index];
  }

  /** Shows one class alone; the class that is alone already lets the others back. */
  isolate(index: number): void {
    const others = this.legend.filter((entry) => entry.index !== index);
    const alone = others.every((entry) => entry.hidden);
    this.hidden = alone ? [] : others.map((entry) => entry.index);
  }

  showAll(): void {
    this.hidden = [];
  }

  setColour(index: number, colour: string): void {
    const at = index % this.palette.length;
    this.palette = this.palette.with(at, colour);
    this.#remembered.set('palette', JSON.stringify(this.palette));
  }

  resetPalette(): void {
    this.palette = defaultPalette;
    this.#remembered.set('palette', JSON.stringify(this.palette));
  }

  setGradient(name: GradientName): void {
    this.gradient = name;
    this.#remembered.set('gradient', name);
  }

  async #try(job: Job): Promise<void> {
    this.problem = undefined;
    await this.#choices.run(async (token) => {
      try {
        await job(token);
      } catch (error) {
        if (!token.isStale) this.problem = toErrorData(error);
      }
    });
  }

  async #take(by: ColourBy, token: RequestToken): Promise<void> {
    const made = await this.#make(by);
    if (token.isStale) return;
    if (made) this.#made = { by, column: made.column };
    if (made?.rows) this.matched = made.rows;
    this.by = by;
    this.hidden = [];
  }

  #columnOf(by: ColourBy): ColourColumn {
    const { map, points, imageSet, count, errors } = this.#explorer;
    if (by === 'error' && map) return { kind: 'numbers', values: map.squaredErrors.map(errors.of), unit: errors.name };
    if (this.#made?.by === by) return this.#made.column;
    return labelColumn(points?.labels ?? new Uint8Array(0), imageSet?.labelNames ?? [], count);
  }

  #colours(): Uint32Array {
    const { column } = this;
    if (column.kind === 'classes') return coloursOfClasses(column.classes, column.names, this.palette, this.hidden);
    return coloursOfNumbers(column.values, this.scale!, this.gradient);
  }

  #signs(): Uint8Array | undefined {
    const { column, palette } = this;
    if (column.kind !== 'classes' || column.names.length <= palette.length) return undefined;
    return Uint8Array.from(column.classes, (index) => shapeOfClass(index, column.names.length, palette.length));
  }

  #legend(): readonly LegendClass[] {
    const { column } = this;
    if (column.kind !== 'classes') return [];
    const counts = countsOf(column.classes, column.names.length);
    const without = column.names.length === 0 ? 'images without labels' : 'none';
    return [...column.names, without].flatMap((name, index) => {
      const known = index < column.names.length;
      if (!known && counts[index] === 0) return [];
      const colour = known ? this.palette[index % this.palette.length]! : '#8a8f96';
      const shape = shapes[shapeOfClass(index, column.names.length, this.palette.length)]!;
      return [{ index, name, colour, shape, count: counts[index]!, hidden: this.hidden.includes(index) }];
    });
  }

  async #make(by: ColourBy): Promise<MadeColumn | undefined> {
    if (by === 'label' || by === 'error') return undefined;
    if (by === 'clusters') return { column: await this.#clusters() };
    const number = Number(by.slice(by.indexOf(':') + 1));
    if (by.startsWith('unit:')) {
      const codes = await this.#explorer.codesOf();
      return { column: unitColumn(codes, codes.length / Math.max(1, this.#explorer.count), number) };
    }
    if (!this.table) throw new StudioError('not-found', 'Expected a CSV file to colour by, found none.');
    const { table } = this;
    const { count } = this.#explorer;
    const { column, ...rows } = matchedColumn(
      table,
      number,
      placesOfKeys(table, count, await this.#namesFor(table)),
      count,
    );
    if (rows.matched === 0) throw this.#nothingMatched(table);
    return { column, rows };
  }

  /** Groups of codes, found without their labels and then named by them. */
  async #clusters(): Promise<ColourColumn> {
    const { points, imageSet, count } = this.#explorer;
    const codes = await this.#explorer.codesOf();
    const found = await this.#find(codes, codes.length / Math.max(1, count));
    const names = clusterNames(found, points?.labels ?? new Uint8Array(0), imageSet?.labelNames ?? []);
    return { kind: 'classes', classes: found.of, names };
  }

  /** Every image's name, fetched only where the table goes by names. */
  async #namesFor(table: CsvTable): Promise<readonly string[]> {
    const { api, details, split, count } = this.#explorer;
    if (keysAreIndices(table, count)) return [];
    const all = Uint32Array.from({ length: count }, (_, index) => index);
    const names: string[] = [];
    for await (const picked of pickAll(api, { imageSet: details!.imageSet, split }, all)) names.push(...picked.names);
    return names;
  }

  #nothingMatched({ file, keyName, keys }: CsvTable): StudioError {
    const { split, count } = this.#explorer;
    return new StudioError(
      'bad-file',
      `${file}: column "${keyName}": expected names of ${split} images or their places (0 to ${count - 1}), found "${keys[0]}".`,
    );
  }
}

const noMap = (file: string, isComing: boolean): StudioError =>
  new StudioError(
    'refused',
    isComing
      ? `${file}: the map that it is to colour is still being made. Take the table again when its points are there.`
      : `${file}: expected a map to colour, found none.`,
  );

function readPalette(text: string | undefined): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    const whole = Array.isArray(value) && value.length === defaultPalette.length;
    return whole && value.every((colour) => /^#[0-9a-f]{6}$/.test(String(colour))) ? (value as string[]) : undefined;
  } catch {
    return undefined;
  }
}
