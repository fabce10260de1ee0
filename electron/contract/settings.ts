import * as v from 'valibot';
import { ClusterOrderSchema } from './cluster.ts';
import { DeviceOrderSchema } from './torch.ts';

/** More than any machine has; how many this one has, the host checks. */
const MOST_THREADS = 1_024;

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** How errors are written first: the squared error per image, as it is published, or MSE per pixel (that by the pixels). */
export const errorUnits = ['squared-error', 'mse'] as const;
export type ErrorUnit = (typeof errorUnits)[number];

/** Percent; the steps of the View menu. */
export const zooms = [50, 67, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300] as const;
export type Zoom = (typeof zooms)[number];

/** What a person may choose for the whole app: kept in the data folder, not with an experiment. */
export const SettingsSchema = v.strictObject({
  /** Threads that the engine computes with; absent: one for each core. */
  threads: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer('must be a whole number'),
      v.minValue(1, 'must be at least 1'),
      v.maxValue(MOST_THREADS, `must be at most ${MOST_THREADS}`),
    ),
  ),
  /** Absent: the system's. */
  theme: v.exactOptional(v.picklist(themes)),
  /** Absent: squared error per image. */
  errorUnit: v.exactOptional(v.picklist(errorUnits)),
  /** Of the desktop's window; absent: 100. A browser has its own. */
  zoom: v.exactOptional(v.picklist(zooms)),
  /** The cluster that was last set up. */
  cluster: v.exactOptional(ClusterOrderSchema),
  /** The device that was last chosen to train on through PyTorch, and how it computes. */
  card: v.exactOptional(DeviceOrderSchema),
});
export type Settings = v.InferOutput<typeof SettingsSchema>;

const { threads, theme, errorUnit, zoom, cluster, card } = SettingsSchema.entries;

/** Some of the settings, each replaced, or by null taken back to its default; what is left out stays as it is. */
export const SettingsChangesSchema = v.strictObject({
  threads: v.exactOptional(v.nullable(threads.wrapped)),
  theme: v.exactOptional(v.nullable(theme.wrapped)),
  errorUnit: v.exactOptional(v.nullable(errorUnit.wrapped)),
  zoom: v.exactOptional(v.nullable(zoom.wrapped)),
  cluster: v.exactOptional(v.nullable(cluster.wrapped)),
  card: v.exactOptional(v.nullable(card.wrapped)),
} satisfies Record<keyof Settings, unknown>);
export type SettingsChanges = v.InferOutput<typeof SettingsChangesSchema>;

export interface SettingsAnswer {
  readonly settings: Settings;
  /** The cores of this machine: the most threads that can be chosen. */
  readonly cores: number;
  /** What is wrong with the settings' file, naming it; the defaults are used meanwhile. */
  readonly problem?: string;
}

export interface SettingsEvents {
  /** In another window, or in the desktop's menu. */
  'settings:changed': SettingsAnswer;
}
