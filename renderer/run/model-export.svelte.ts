import type { Request, StudioApi } from '../../electron/contract/contract.ts';
import {
  exportFormats,
  exportLimit,
  type ExportFormat,
  type ExportFormatId,
  type ModelPart,
} from '../../electron/domain/export-formats.ts';
import type { RunRecord } from '../../electron/domain/words.ts';
import { exportWords } from '../files/export-words.ts';

/** All of them: the autoencoder, and its encoder and decoder by themselves. */
export type PartChoice = ModelPart | 'all';

/** A format as the dialog offers it. */
export interface FormatChoice extends ExportFormat {
  /** Why it cannot hold what is chosen. */
  readonly limit: string | undefined;
}

/** What became of the last export. */
export interface ExportOutcome {
  readonly text: string;
  readonly failed: boolean;
  readonly files: readonly string[];
}

/** What a person chooses of a run's model, and its export. */
export class ModelExport {
  part: PartChoice = $state('all');
  weights: 'best' | 'last' = $state('best');
  format: ExportFormatId = $state('tfjs');
  /** Wished for; it holds where the format and the part can. */
  scalingInside = $state(false);
  working = $state(false);
  outcome: ExportOutcome | undefined = $state();
  readonly #api: StudioApi;
  readonly #record: RunRecord;

  constructor(api: StudioApi, record: RunRecord) {
    this.#api = api;
    this.#record = record;
    // The first is offered unless it cannot hold this model: nobody should open a dialog that refuses.
    this.format = this.formats.find(({ limit }) => limit === undefined)?.id ?? this.format;
  }

  get formats(): readonly FormatChoice[] {
    const part = this.part === 'all' ? undefined : this.part;
    const { model } = this.#record.experiment;
    return exportFormats.map((format) => ({ ...format, limit: exportLimit(format, model, part) }));
  }

  get chosen(): FormatChoice {
    return this.formats.find(({ id }) => id === this.format)!;
  }

  /** Why bytes cannot go in; nothing where they can. */
  get scalingLimit(): string | undefined {
    if (this.part === 'decoder') return 'A decoder takes codes, not bytes.';
    if (this.format === 'html') return 'The page does it.';
    return this.chosen.scalesInside ? undefined : `${this.chosen.name} models take numbers from 0 to 1.`;
  }

  get request(): Request<'model:export'> {
    return {
      runId: this.#record.summary.id,
      weights: this.weights,
      format: this.format,
      ...(this.part === 'all' ? {} : { part: this.part }),
      ...(this.scalingInside && this.scalingLimit === undefined ? { scalingInside: true } : {}),
    };
  }

  /** Has the host ask where, and write. */
  async export(): Promise<void> {
    if (this.working || this.chosen.limit !== undefined) return;
    this.working = true;
    this.outcome = undefined;
    const result = await this.#api.call('model:export', this.request);
    this.working = false;
    this.outcome = { ...exportWords(result), files: result.ok ? result.value.files : [] };
  }
}
