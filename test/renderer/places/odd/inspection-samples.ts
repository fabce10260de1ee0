import type { Inspection, InspectionSettings } from '../../../../electron/contract/inspection.ts';
import type { ImportPlan } from '../../../../electron/contract/import-plan.ts';
import { fitThreshold } from '../../../../electron/domain/inspection/threshold.ts';

export const model = { runId: 'own', weights: 'best' } as const;

/** Six checked pictures: two good ones, three with a crack, one of no folder. */
export function inspection(changes: Partial<InspectionSettings> = {}): Inspection {
  return {
    model,
    inspectedAt: '2026-11-29T12:00:00Z',
    names: ['good/1.png', 'good/2.png', 'crack/1.png', 'crack/2.png', 'crack/3.png', 'loose.png'],
    groups: ['good', 'good', 'crack', 'crack', 'crack', ''],
    masked: new Uint8Array(6),
    scores: [
      {
        kind: 'worst-spot',
        evening: 'none',
        values: Float32Array.of(1, 4, 2, 5, 6, 3),
        heldOut: Float32Array.of(1, 1.5, 2, 2.5, 3, 3.5),
        madeFaults: 0.9,
      },
      {
        kind: 'squared-error',
        evening: 'none',
        values: Float32Array.of(6, 5, 4, 3, 2, Number.NaN),
        heldOut: Float32Array.of(1, 2, 3),
        madeFaults: 0.5,
      },
    ],
    settings: {
      score: 'worst-spot',
      why: 'It separates best.',
      threshold: 3.5,
      moved: false,
      fit: fitThreshold([1, 1.5, 2, 2.5, 3, 3.5], 0.02),
      truths: { good: 'normal', crack: 'odd', '': 'unknown' },
      marks: [],
      ...changes,
    },
    problems: [],
  };
}

/** What lies in a drop, by folder. */
export function plan(
  folders: ImportPlan['folders'],
  { count = folders.reduce((sum, look) => sum + look.count, 0), masks = 0 } = {},
): ImportPlan {
  return {
    count,
    labels: [],
    options: {
      name: 'Bottles',
      width: 32,
      height: 32,
      channels: 1,
      fit: 'contain',
      background: '#ffffff',
      invert: 'auto',
      centre: false,
      labels: 'none',
      test: { kind: 'folders' },
      duplicates: 'skip',
    },
    autoInverts: false,
    skipped: [],
    unreadable: [],
    others: { count: 0, endings: [] },
    masks,
    folders,
  };
}
