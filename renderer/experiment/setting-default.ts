import { presetExperiment, presets } from '../../electron/domain/presets.ts';
import { draftOf, textAt, type Draft } from './draft.ts';
import type { Setting } from './setting.ts';

/**
 * What a setting is as long as nobody changes it, in words: for a number the value of the preset, the file or the kind that
 * was chosen; for a choice the preset's own. Nothing where the preset does not have it.
 */
export function defaultOf({ base }: Draft, setting: Setting): string | undefined {
  if (setting.kind === 'number') return textAt(draftOf(base), setting.path, setting.absent) || undefined;
  const preset = presets.find(({ id }) => id === base.preset);
  if (!preset) return undefined;
  const origin = presetExperiment(preset, base.imageSet, base.model.inputShape);
  if (setting.kind === 'switch') return setting.isOn(origin) ? 'on' : 'off';
  const chosen = setting.chosen(origin);
  return setting.options.find(({ id }) => id === chosen)?.name;
}

/** The setting's sentence, and its default where it is something else now. */
export function helpWords(draft: Draft, setting: Setting): string {
  const usual = defaultOf(draft, setting);
  return usual === undefined || usual === currentOf(draft, setting)
    ? setting.help
    : `${setting.help} Default: ${usual}.`;
}

function currentOf(draft: Draft, setting: Setting): string | undefined {
  if (setting.kind === 'number') return textAt(draft, setting.path, setting.absent);
  if (setting.kind === 'switch') return setting.isOn(draft.base) ? 'on' : 'off';
  const chosen = setting.chosen(draft.base);
  return setting.options.find(({ id }) => id === chosen)?.name;
}
