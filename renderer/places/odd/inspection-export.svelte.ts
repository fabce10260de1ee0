import type { StudioApi } from '../../../electron/contract/contract.ts';
import { exportWords } from '../../files/export-words.ts';
import { toCsv } from '../../files/csv.ts';
import { fileNameOf, saveFile } from '../../window/save-file.ts';
import type { Inspected } from './inspected.svelte.ts';
import { inspectionTable } from './inspection-table.ts';

/** Takes an inspection away: its table at once, or all of it in a folder that the host asks for. */
export class InspectionExport {
  /** 0-1, while files are written. */
  fraction = $state<number>();
  said = $state('');
  failed = $state(false);

  #job: string | undefined;
  #listens = false;
  readonly #api: StudioApi;

  constructor(api: StudioApi) {
    this.#api = api;
  }

  table(inspected: Inspected, name: string): void {
    const rows = inspectionTable(inspected);
    saveFile(`${fileNameOf(name)}-odd-ones.csv`, [toCsv(rows)], 'text/csv');
    this.#say({ text: `Table of ${rows.length - 1} pictures saved.`, failed: false });
  }

  async all({ inspection: { model } }: Inspected): Promise<void> {
    if (this.#job !== undefined) return;
    this.#listen();
    const job = `inspection-export-${crypto.randomUUID()}`;
    this.#job = job;
    this.fraction = 0;
    this.said = '';
    const answer = await this.#api.call('inspection:export', { job, model });
    this.#job = undefined;
    this.fraction = undefined;
    this.#say(exportWords(answer));
  }

  stop(): void {
    if (this.#job !== undefined) void this.#api.call('inspection:cancel', { job: this.#job });
  }

  #say({ text, failed }: { readonly text: string; readonly failed: boolean }): void {
    this.said = text;
    this.failed = failed;
  }

  #listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    this.#api.listen('inspection:progressed', ({ job, fraction }) => {
      if (job === this.#job) this.fraction = fraction;
    });
  }
}
