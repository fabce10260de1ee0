import type { Experiment } from '../../electron/domain/experiment.ts';

/** A number that is typed. */
export interface NumberSetting {
  readonly kind: 'number';
  /** Where it stands in the experiment. */
  readonly path: string;
  readonly label: string;
  /** Unit and range. */
  readonly range: string;
  /** One sentence. */
  readonly help: string;
  /** What it is when the experiment does not say it. */
  readonly absent?: string;
}

/** One of several; a choice may put a whole group of fields in place, and `undefined` takes them away. */
export interface ChoiceSetting {
  readonly kind: 'choice';
  readonly path: string;
  readonly label: string;
  readonly help: string;
  readonly options: readonly { readonly id: string; readonly name: string; readonly value: unknown }[];
  /** The option that holds now. */
  readonly chosen: (experiment: Experiment) => string;
}

export interface SwitchSetting {
  readonly kind: 'switch';
  readonly path: string;
  readonly label: string;
  readonly help: string;
  readonly on: unknown;
  readonly off: unknown;
  readonly isOn: (experiment: Experiment) => boolean;
}

export type Setting = NumberSetting | ChoiceSetting | SwitchSetting;

export interface SettingGroup {
  readonly id: string;
  readonly title: string;
  /** What the group says when it is folded. */
  readonly words: (experiment: Experiment) => string;
  /** Those that make sense with what is chosen. */
  readonly settings: (experiment: Experiment) => readonly Setting[];
}

export const number = (path: string, label: string, range: string, help: string, absent?: string): NumberSetting => ({
  kind: 'number',
  path,
  label,
  range,
  help,
  ...(absent === undefined ? {} : { absent }),
});

/** A switch between true and absent, which is what old files have. */
export function optionalSwitch(
  path: string,
  label: string,
  help: string,
  isOn: (experiment: Experiment) => boolean,
): SwitchSetting {
  return { kind: 'switch', path, label, help, on: true, off: undefined, isOn };
}
