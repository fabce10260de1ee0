import type { RunSummary } from '../../../../electron/domain/words.ts';
import { FakeHost } from '../../fake-host.ts';
import { record } from '../../samples.ts';

/** A finished run, newest with the largest id. */
export function run(id: string, changed: Partial<RunSummary> = {}): RunSummary {
  return { ...record(id, 'finished').summary, name: `Run ${id}`, ...changed };
}

/** A host that keeps runs and their trash, and tells of changes as the real one does. */
export class ShelfHost extends FakeHost {
  runs: readonly RunSummary[];
  trash: readonly RunSummary[] = [];

  constructor(runs: readonly RunSummary[]) {
    super();
    this.runs = runs;
    this.answers['run:list'] = () => this.runs;
    this.answers['run:trash'] = () => this.trash;
    this.answers['run:delete'] = ({ runIds }) => this.#move(runIds, 'trash');
    this.answers['run:restore'] = ({ runIds }) => this.#move(runIds, 'runs');
    this.answers['run:empty-trash'] = () => ((this.trash = []), {});
    this.answers['run:open'] = ({ runId }) => ({ ...record(runId, 'finished'), summary: this.#known(runId) });
    this.answers['run:annotate'] = ({ runId, ...change }) => {
      const changed = { ...this.#known(runId), ...(change as Partial<RunSummary>) };
      this.runs = this.runs.map((one) => (one.id === runId ? changed : one));
      return changed;
    };
    this.answers['files:release'] = () => ({});
  }

  #known(runId: string): RunSummary {
    return this.runs.find(({ id }) => id === runId)!;
  }

  #move(runIds: readonly string[], to: 'runs' | 'trash'): Record<string, never> {
    const all = [...this.runs, ...this.trash];
    const moved = (id: string) => runIds.includes(id);
    const inTrash = new Set(this.trash.map(({ id }) => id));
    const stays = ({ id }: RunSummary, trash: boolean) =>
      moved(id) ? (to === 'trash') === trash : inTrash.has(id) === trash;
    this.runs = all.filter((one) => stays(one, false));
    this.trash = all.filter((one) => stays(one, true));
    this.tell('runs:changed', {});
    return {};
  }
}
