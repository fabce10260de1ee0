import type { Baseline } from '../../../electron/contract/words.ts';
import type { RunView } from '../../state/run-view.ts';
import { formatTimes } from '../../widgets/format-number.ts';

/** What a finished run reached beside PCA, on the test images; nothing before. */
export function remark(view: RunView, baseline: Baseline | undefined): string | undefined {
  const { test, experiment } = view.record;
  if (!test) return undefined;
  const size = experiment.model.code.size;
  const linear = baseline?.testSquaredError[size];
  if (linear === undefined) return undefined;
  const components = size === 1 ? 'one component' : `${size} components`;
  return test.squaredError < linear
    ? `PCA with ${components} errs ${formatTimes(linear, test.squaredError)} as much on the test images.`
    : `On the test images it errs ${formatTimes(test.squaredError, linear)} as much as PCA with ${components}.`;
}
