import type { StudioApi } from '../../electron/contract/contract.ts';
import type { RunRecord } from '../../electron/domain/words.ts';
import { isLiving } from './run-view.ts';
import type { WindowState } from './window-state.ts';

/** Records of the runs that clusters train, and of those that ended there while this window could not hear it. */
export async function recordsElsewhere(
  api: StudioApi,
  { runs, views }: Pick<WindowState, 'runs' | 'views'>,
): Promise<readonly RunRecord[]> {
  const there = runs.filter(({ id, status, cluster }) => {
    const shown = views.get(id)?.record.summary.status;
    return cluster && (isLiving(status) || (shown !== undefined && isLiving(shown)));
  });
  const opened = await Promise.all(there.map(({ id }) => api.call('run:open', { runId: id })));
  return opened.flatMap((each) => (each.ok ? [each.value] : []));
}
