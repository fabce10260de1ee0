import type { Preset } from '../../electron/domain/presets.ts';

/** A preset as the picker lists it. */
export interface PresetOption {
  readonly id: string;
  readonly name: string;
  readonly group: string;
}

const groups = [
  'The article',
  'Deep and maps',
  'Sparse, denoising, contractive',
  'Convolutional',
  'Variational',
  'Plain codes to draw from',
] as const;

/** The presets under their groups' names, told by what they are made of; those for RGB say so beside a grey set. */
export function presetOptions(presets: readonly Preset[], channels: 1 | 3): readonly PresetOption[] {
  const all = presets.map((preset) => ({
    id: preset.id,
    name: channels === 1 && isForRgb(preset) ? `${preset.name} (this set is grey)` : preset.name,
    group: groupOf(preset),
  }));
  return groups.flatMap((group) => all.filter((option) => option.group === group));
}

const isForRgb = ({ name }: Preset): boolean => /\bRGB\b/.test(name);

function groupOf({ id, model, training }: Preset): (typeof groups)[number] {
  const { codeL1, codeKl, contractive, mmd, codeL2 } = training.regularisers;
  if (model.code.variational) return 'Variational';
  if (mmd || codeL2) return 'Plain codes to draw from';
  if (model.encoder.some(({ kind }) => kind === 'conv')) return 'Convolutional';
  if (training.inputNoise || codeL1 > 0 || codeKl || contractive > 0) return 'Sparse, denoising, contractive';
  return id === 'article' || id === 'modern' ? 'The article' : 'Deep and maps';
}
