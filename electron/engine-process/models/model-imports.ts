import type { Emit, Handlers, Request } from '../../contract/contract.ts';
import { StudioError } from '../../domain/errors.ts';
import type { ImportedModelAnswers } from '../../contract/imported-models.ts';
import { describeFound } from '../../model/import/found-model.ts';
import type { ImportChoices } from '../../model/import/input-choices.ts';
import type { ReadModel } from '../../model/import/read-model.ts';
import type { ImportWork } from '../import-thread.ts';
import { asDropped, type StagedFiles } from '../staged-files.ts';
import { importModel } from './import-model.ts';
import type { ModelSurroundings } from './trained-model.ts';

export interface ModelImportOptions extends ModelSurroundings {
  readonly dataFolder: string;
  readonly staged: StagedFiles;
  /** Where files are read: a damaged one costs that thread at most. */
  readonly work: ImportWork;
  readonly emit: Emit;
}

/** Answers what windows ask of models from elsewhere. */
export class ModelImports {
  readonly handlers: Handlers<keyof ImportedModelAnswers>;
  private readonly options: ModelImportOptions;
  /** Those at work, by what they were staged under. */
  private readonly active = new Map<string, AbortController>();

  constructor(options: ModelImportOptions) {
    this.options = options;
    this.handlers = {
      'model:inspect': ({ staged, ...choices }) =>
        this.reading(staged, choices, async ({ name, chain }) => describeFound(chain, name, choices)),
      'model:import': (request) =>
        this.stoppable(request.staged, (signal) =>
          this.reading(request.staged, request, (model) => this.take(model, request, signal)),
        ),
      'model:cancel-import': async ({ staged }) => {
        const stopping = this.active.get(staged);
        if (stopping === undefined) throw new StudioError('not-found', `No import of "${staged}" is running.`);
        stopping.abort();
        return {};
      },
    };
  }

  private async stoppable<T>(staged: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stopping = new AbortController();
    this.active.set(staged, stopping);
    try {
      return await work(stopping.signal);
    } finally {
      if (this.active.get(staged) === stopping) this.active.delete(staged);
    }
  }

  private async take(
    model: ReadModel,
    { staged, name, imageSet, ...choices }: Request<'model:import'>,
    signal: AbortSignal,
  ): Promise<{ runId: string }> {
    const { dataFolder, emit } = this.options;
    const chosen = imageSet === undefined ? {} : { imageSet };
    const onStep = (sentence: string): void => emit('model-import:told', { staged, sentence });
    return { runId: await importModel({ model, choices, name, ...chosen, dataFolder, onStep, signal }, this.options) };
  }

  /** Messages call files what they were called when they were dropped. */
  private async reading<T>(
    id: string,
    { inputShape }: Pick<ImportChoices, 'inputShape'>,
    work: (model: ReadModel) => Promise<T>,
  ): Promise<T> {
    const paths = this.options.staged.paths(id);
    try {
      return await work(await this.options.work.readModel(paths, inputShape));
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      throw new StudioError(error.code, asDropped(error.message, id, paths), { cause: error });
    }
  }
}
