import type { EngineChannel, Handlers, Request } from '../../contract/contract.ts';
import type { HeatMap, Inspection, InspectionProgress } from '../../contract/inspection.ts';
import type { ModelRef } from '../../contract/models.ts';
import { StudioError } from '../../domain/errors.ts';
import { scoreWords, type ScoreKind } from '../../domain/inspection/scores.ts';
import type { ImageSetStore } from '../../files/image-set-store.ts';
import { InspectionFolder, type StoredInspection } from '../../files/inspection-folder.ts';
import { RunFolder } from '../../files/run-folder.ts';
import { loadNormality, saveVerdict, type StoredNormality } from '../../model/normality-file.ts';
import { throttled, type Emit } from '../../training/emit.ts';
import { OpenModels } from '../models/open-models.ts';
import { StagedPictures } from '../models/picture-sources.ts';
import { mannerOf, type Manner } from '../models/prepare-picture.ts';
import type { ModelPlace, ModelSurroundings, TrainedModel } from '../models/trained-model.ts';
import { StagedFiles } from '../staged-files.ts';
import { openChecked, type CheckedPictures } from './checked-pictures.ts';
import { heatMapOf } from './heat-map.ts';
import { inspect } from './inspect.ts';
import { groupsOfSet } from './set-groups.ts';
import { smallPictures } from './small-pictures.ts';
import { inspectionOf, settled, verdictOf, verdictSettings } from './settled.ts';
import { tiledHeatMap } from './tiled.ts';
import { writeInspection } from './write-inspection.ts';

type Channel = Extract<EngineChannel, `inspection:${string}` | `engine:inspection-${string}`>;

export interface InspectionServiceOptions extends ModelSurroundings {
  readonly dataFolder: string;
  readonly store: ImageSetStore;
  readonly staged: StagedFiles;
  readonly emit: Emit;
}

/** Answers what windows ask about odd pictures. What a run's weights inspected last is kept with the run. */
export class InspectionService {
  readonly handlers: Handlers<Channel>;
  private readonly options: InspectionServiceOptions;
  private readonly models: OpenModels;
  /** Files of inspections: those that windows have staged are let go of, the inspection stays. */
  private readonly files = new StagedFiles();
  private readonly pictures: StagedPictures;
  private readonly jobs = new Map<string, AbortController>();

  constructor(options: InspectionServiceOptions) {
    this.options = options;
    this.models = new OpenModels(options);
    this.pictures = new StagedPictures(this.files);
    const { store, imageSets } = options;
    this.handlers = {
      'inspection:groups': async ({ imageSet }) =>
        groupsOfSet(await imageSets.get(imageSet), imageSets.isAlwaysThere(imageSet) ? undefined : store.at(imageSet)),
      'inspection:start': (request) => this.working(request.job, (watch) => this.start(request, watch)),
      'inspection:cancel': async ({ job }) => {
        // What has ended meanwhile needs no cancelling.
        this.jobs.get(job)?.abort();
        return {};
      },
      'inspection:open': async ({ model }) => {
        const stored = await this.folderOf(model).read();
        return stored === undefined ? {} : { inspection: inspectionOf(stored) };
      },
      'inspection:map': (request) => this.map(request),
      'inspection:pictures': async ({ model: ref, pictures }) => {
        const stored = await this.stored(ref);
        const places = pictures.map((picture) => placeOf(stored, picture));
        return this.models.use(this.place(ref), async (model) => ({
          originals: await smallPictures(await this.openAgain(ref, stored, model), places),
        }));
      },
      'inspection:settle': async ({ model, ...changes }) => {
        const stored = await this.folderOf(model).update(async (before) => {
          const after = settled(before ?? nothingChecked(model), changes);
          if ((await loadNormality(this.place(model).folder)) === undefined) throw trainedSince();
          return after;
        });
        await saveVerdict(this.place(model).folder, verdictOf(stored));
        return verdictSettings(stored);
      },
      'engine:inspection-export': ({ job, model, folder }) =>
        this.working(job, async (watch) => {
          const stored = await this.stored(model);
          await this.use(model, stored, (lent) =>
            writeInspection(folder, stored, {
              heatMap: (picture) => mapOf(lent, stored, stored.places[picture]!, mappedScore(stored)),
              told: (fraction) => watch('writing', fraction),
            }),
          );
          return {};
        }),
    };
  }

  /** Lets go of models and files once the calls that use them have been answered. */
  async close(): Promise<void> {
    await Promise.all([this.models.close(), this.pictures.close()]);
  }

  private async start(
    { model: ref, source: given, region, score, tiles: asked }: Request<'inspection:start'>,
    watch: (kind: InspectionProgress['kind'], fraction: number) => void,
  ): Promise<Inspection> {
    const last = given === undefined ? await this.stored(ref) : undefined;
    const source = given ?? last!.source;
    const paths = last?.paths ?? (source.staged === undefined ? [] : this.options.staged.paths(source.staged));
    const inspectedAt = new Date().toISOString();
    const stored = await this.models.use(this.place(ref), async (model) => {
      const manner = await mannerOf(model, this.options.dataFolder);
      // Images of a set are as large as the model's.
      const tiles = source.kind === 'set' ? null : asked === undefined ? manner.tileSide : asked;
      if (typeof tiles === 'number' && region !== undefined) throw regionAndTiles();
      const pictures = await this.open(ref, { inspectedAt, source, paths }, model);
      return inspect(model, pictures, {
        model: ref,
        inspectedAt,
        source,
        paths,
        told: watch,
        manner,
        ...(typeof tiles === 'number' ? { tiles } : {}),
        ...(region === undefined ? {} : { region }),
        ...(score === undefined ? {} : { score }),
      });
    });
    await this.folderOf(ref).write(stored);
    await saveVerdict(this.place(ref).folder, verdictOf(stored));
    return inspectionOf(stored);
  }

  private async map({ model, picture, score }: Request<'inspection:map'>): Promise<HeatMap> {
    const stored = await this.stored(model);
    const place = placeOf(stored, picture);
    return this.use(model, stored, (lent) => mapOf(lent, stored, place, score ?? mappedScore(stored)));
  }

  /** Lends what an inspection is of: the model, its pictures, what is normal, and how pictures are prepared. */
  private async use<T>(ref: ModelRef, stored: StoredInspection, work: (lent: Lent) => Promise<T>): Promise<T> {
    return this.models.use(this.place(ref), async (model) => {
      const normality = await loadNormality(model.place.folder);
      if (normality === undefined) throw trainedSince();
      const manner = await mannerOf(model, this.options.dataFolder);
      return work({ model, pictures: await this.openAgain(ref, stored, model), normality, manner });
    });
  }

  /** What was checked, each of it by its name: a folder may have changed since. */
  private async openAgain(ref: ModelRef, stored: StoredInspection, model: TrainedModel): Promise<CheckedPictures> {
    const pictures = await this.open(ref, stored, model);
    const { names, places } = stored;
    const nameAt = new Map(places.map((place, picture) => [place, names[picture]!]));
    return { ...pictures, original: (at, side) => pictures.original(at, side, nameAt.get(at)) };
  }

  /** By when they were checked: each look lists its files anew, and others can be shown meanwhile. */
  private async open(
    { runId, weights }: ModelRef,
    {
      inspectedAt,
      source,
      paths,
    }: Pick<StoredInspection, 'inspectedAt' | 'source'> & { readonly paths: readonly string[] },
    model: TrainedModel,
  ): Promise<CheckedPictures> {
    const own = `${runId}-${weights}-${inspectedAt}`;
    if (source.staged !== undefined) this.files.set(own, paths);
    const manner = await mannerOf(model, this.options.dataFolder);
    const given = source.staged === undefined ? source : { ...source, staged: own };
    return openChecked(given, manner, { ...this.options, staged: this.pictures });
  }

  private async stored(model: ModelRef): Promise<StoredInspection> {
    return (await this.folderOf(model).read()) ?? nothingChecked(model);
  }

  private place({ runId, weights }: ModelRef): ModelPlace {
    const run = RunFolder.under(this.options.dataFolder, runId);
    return { folder: run.modelFolder(weights), run };
  }

  private folderOf({ runId, weights }: ModelRef): InspectionFolder {
    return new InspectionFolder(RunFolder.under(this.options.dataFolder, runId).inspectionFolder(weights));
  }

  /** @throws StudioError `stopped` once the job is cancelled, `bad-request` where one of that name is at work */
  private async working<T>(
    job: string,
    work: (watch: (kind: InspectionProgress['kind'], fraction: number) => void) => Promise<T>,
  ): Promise<T> {
    if (this.jobs.has(job)) throw new StudioError('bad-request', `job must be a new name, found "${job}" at work.`);
    const stopping = new AbortController();
    this.jobs.set(job, stopping);
    const send = throttled((progress: InspectionProgress) => this.options.emit('inspection:progressed', progress));
    try {
      return await work((kind, fraction) => {
        if (stopping.signal.aborted) throw new StudioError('stopped', 'Cancelled: nothing was kept.');
        send({ job, kind, fraction });
      });
    } finally {
      this.jobs.delete(job);
    }
  }
}

/** What an inspection is of. */
interface Lent {
  readonly model: TrainedModel;
  readonly pictures: CheckedPictures;
  readonly normality: StoredNormality;
  readonly manner: Manner;
}

/** Where one picture is odd, by tiles where it was judged by them. @param place of the picture in its source */
async function mapOf(
  { model, pictures, normality, manner }: Lent,
  stored: StoredInspection,
  place: number,
  score: ScoreKind,
): Promise<HeatMap> {
  if (stored.tiles === undefined || !scoreWords[score].hasMap)
    return heatMapOf(model, normality, pictures, place, manner.preparation, score);
  const { picture, size } = await pictures.original(place);
  // A threshold is a number of its own score.
  const { threshold } = verdictSettings(score === stored.score ? stored : settled(stored, { score }));
  const task = { picture, size, kind: score, side: stored.tiles.side, wanted: threshold };
  return tiledHeatMap(model, normality, manner, task);
}

function nothingChecked({ runId }: ModelRef): never {
  throw new StudioError('not-found', `Nothing has been checked with the run "${runId}" yet.`);
}

const regionAndTiles = (): StudioError =>
  new StudioError('bad-request', 'region: expected none beside tiles, which lie all over a picture.');

/** Where one of the checked pictures is in its source. @throws StudioError `bad-request` where there is none such */
function placeOf({ names, places }: StoredInspection, picture: number): number {
  if (picture < names.length) return places[picture]!;
  throw new StudioError('bad-request', `picture must be below ${names.length}, found ${picture}.`);
}

/** Training writes other weights, and takes away what was normal for the old ones. */
const trainedSince = (): StudioError =>
  new StudioError('not-found', 'The model has been trained on since these pictures were checked: check them again.');

/** The chosen score, or the most telling one that says where. */
function mappedScore({ score, scores }: StoredInspection): StoredInspection['score'] {
  if (scoreWords[score].hasMap) return score;
  return scores.find(({ kind }) => scoreWords[kind].hasMap)!.kind;
}
