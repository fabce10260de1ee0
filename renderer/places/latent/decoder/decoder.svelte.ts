import type { ModelDetails, ModelRef } from '../../../../electron/contract/models.ts';
import type { Explorer, PlanePoint } from '../explorer.svelte.ts';
import { BetweenPictures } from './between.svelte.ts';
import { GroupDirection } from './direction.svelte.ts';
import { classStylesOf, type ClassStyles } from './class-styles.svelte.ts';
import { codebookVectorsOf, type CodebookVectors } from './codebook-vectors.svelte.ts';
import { Generator } from './generate.svelte.ts';
import { ManifoldGrid } from './grid.svelte.ts';
import { LiveDecode } from './live.svelte.ts';
import { DecoderModel } from './decoder-model.ts';
import { PicturesAtHand } from './pictures.svelte.ts';
import { PictureSearch } from './search.svelte.ts';
import { TrainingCodes } from './training.svelte.ts';
import { UnitSliders } from './units.svelte.ts';
import { PathWalk } from './walk.svelte.ts';
import { fitDensity, type FitDensity } from '../../../maths/fit-density.ts';
import { lasting } from '../../../link/lasting.svelte.ts';
import { codesAt, placesOf } from '../../../maths/plane.ts';

/** Of a model whose code has classes, before the others. */
const classTool = { id: 'class', name: 'Class', title: 'Images of a chosen class, and its style moved' } as const;

/** Of a model with a codebook, before the others. */
const codebookTool = {
  id: 'codebook',
  name: 'Codebook',
  title: 'Every vector, how often it is used, and a picture told by them',
} as const;

const tools = [
  { id: 'grid', name: 'Grid', title: 'What the decoder makes of every place on view' },
  { id: 'between', name: 'Between', title: 'From one picture to another' },
  { id: 'path', name: 'Path', title: 'A drawn path as a film' },
  { id: 'units', name: 'Units', title: 'A slider for each unit of the code' },
  { id: 'direction', name: 'Direction', title: 'From one group of images to another' },
  { id: 'generate', name: 'Generate', title: 'New pictures from random codes' },
  { id: 'search', name: 'Search', title: 'Images with the nearest codes' },
] as const;
export type DecoderTool = (typeof tools)[number]['id'] | 'class' | 'codebook';

/** What lies under the map's points. */
export type Ground = 'plain' | 'shade' | 'grid';

/** All that is done with one opened model's decoder. */
export class Decoder {
  readonly model: DecoderModel;
  readonly training: TrainingCodes;
  readonly pictures: PicturesAtHand;
  readonly live: LiveDecode<PlanePoint>;
  readonly grid: ManifoldGrid;
  readonly between: BetweenPictures;
  readonly walk: PathWalk;
  readonly units: UnitSliders;
  readonly direction: GroupDirection;
  readonly generator: Generator;
  readonly search: PictureSearch;
  /** Where the code has classes. */
  readonly classes: ClassStyles | undefined;
  /** Where the code is of a codebook's vectors. */
  readonly codebook: CodebookVectors | undefined;
  tool = $state<DecoderTool>('grid');
  ground = $state<Ground>('shade');

  /** Training codes near the place that is shown; nothing before they are known. */
  readonly near = $derived.by(() => this.live.shown && this.training.near(this.live.shown.code));

  constructor(explorer: Explorer, ref: ModelRef, details: ModelDetails, fit: FitDensity = fitDensity) {
    this.model = new DecoderModel(explorer, ref, details);
    this.training = new TrainingCodes(explorer.api, ref);
    this.pictures = new PicturesAtHand(this.model);
    this.live = new LiveDecode(this.model.decode);
    this.grid = new ManifoldGrid(this.model);
    this.between = new BetweenPictures(this.model, this.pictures);
    this.walk = new PathWalk(this.model);
    this.units = new UnitSliders(this.model, this.pictures);
    this.direction = new GroupDirection(this.model, this.pictures);
    this.generator = new Generator(this.model, this.training, fit);
    this.search = new PictureSearch(this.model, this.pictures);
    this.classes = classStylesOf(this.model, this.pictures);
    this.codebook = codebookVectorsOf(this.model, this.pictures);
    if (this.classes) this.tool = 'class';
    if (this.codebook) this.tool = 'codebook';
    // The plane of a 2-D code is all there is: what lies between the points can be seen at once.
    if (this.model.size === 2) this.ground = 'grid';
  }

  get tools(): readonly { readonly id: DecoderTool; readonly name: string; readonly title: string }[] {
    if (this.codebook) return [codebookTool, ...tools];
    return this.classes ? [classTool, ...tools] : tools;
  }

  get explorer(): Explorer {
    return this.model.explorer;
  }

  /** Decodes a place of the plane; the picture of the latest one is shown as soon as it is there. */
  point(place: PlanePoint): void {
    const { points } = this.explorer;
    if (!points) return;
    this.live.follow(place, codesAt(points, [place]));
    // The engine may be back since they could not be had.
    if (this.training.problem) void this.training.load(points);
  }

  /** Keeps the picture at the cursor. */
  keepPlace(): void {
    const { shown } = this.live;
    if (!shown) return;
    const { x, y } = shown.subject;
    this.pictures.keep(`Place ${x.toPrecision(3)}, ${y.toPrecision(3)}`, shown.code, shown.image);
  }

  /** Draws the pictures at hand on the map; pinned ones are there already. */
  mark(): void {
    const { points } = this.explorer;
    if (!points) return;
    this.explorer.marks = this.pictures.items
      .filter(({ kind }) => kind !== 'pinned')
      .map(({ code, name, letter }) => {
        const { x, y } = placesOf(points, code);
        return { x: x[0]!, y: y[0]!, name, letter };
      });
  }
}

const decoders = new WeakMap<ModelDetails, Decoder>();

/** The decoder of the model that is open, the same as long as it stays so; nothing while none is. */
export function decoderOf(explorer: Explorer): Decoder | undefined {
  const { details, model } = explorer;
  if (!details || !model) return undefined;
  const decoder = decoders.get(details) ?? lasting(() => new Decoder(explorer, model, details));
  decoders.set(details, decoder);
  return decoder;
}
