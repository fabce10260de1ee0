import { scoreWords } from '../../../electron/domain/inspection/scores.ts';
import type { Inspection } from '../../../electron/contract/inspection.ts';
import { isWrong, sideOf, type Judged } from '../../../electron/domain/inspection/judged.ts';

/** What a table is made of. */
export interface Tabled {
  readonly inspection: Inspection;
  readonly judged: Judged | undefined;
  readonly order: readonly number[];
  readonly threshold: number;
  readonly settings: Inspection['settings'];
}

type Row = (string | number | undefined)[];

/** A row a picture, as the wall has them: its folder and file, the chosen score, the verdict, what is known, and every other score. */
export function inspectionTable({ inspection, judged, order, threshold, settings }: Tabled): Row[] {
  const others = inspection.scores.filter(({ kind }) => kind !== settings.score);
  const header = [
    'folder',
    'file',
    'score',
    'threshold',
    'verdict',
    'known to be',
    'wrong side',
    'mark',
    'note',
    ...others.map(({ kind }) => scoreWords[kind].name),
  ];
  if (!judged) return [header];
  const rows = order.map((at): Row => {
    const name = inspection.names[at]!;
    const group = inspection.groups[at]!;
    const mark = judged.marks.get(at);
    return [
      group,
      name.startsWith(`${group}/`) ? name.slice(group.length + 1) : name,
      judged.scores[at]!,
      threshold,
      { odd: 'odd', fine: 'normal', unscored: 'no score' }[sideOf(judged, threshold, at)],
      judged.truths[at] === 'unknown' ? '' : judged.truths[at],
      isWrong(judged, threshold, at) ? 'yes' : 'no',
      mark?.mark,
      mark?.note,
      ...others.map(({ values }) => values[at]!),
    ];
  });
  return [header, ...rows];
}
