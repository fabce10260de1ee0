import { doubleQuoted } from '../script-text.ts';
import { figureScale, type ScriptPlan } from '../script-plan.ts';

/** More labels than these have no legend: it would be larger than the map. */
const MOST_IN_LEGEND = 20;

/**
 * The lines that draw originals over reconstructions, and PCA of the pixels beside the codes, into two PNG files: from `shown` and
 * `reconstructions`, float [n, height, width, channels], `codes` [n, size], and where there are labels `labels`.
 */
export function pythonFigures(plan: ScriptPlan): string[] {
  const [title, points] = codePoints(plan.model.code.size);
  // Of a single image there are no components.
  const isOne = plan.images.testCount === 1;
  const scale = figureScale(plan);
  const clip = plan.model.outputActivation === 'sigmoid' ? '' : '.clip(0, 1)';
  const names = [plan.images.name, ...plan.images.labelNames];
  return [
    ...(names.some((name) => name.includes('$'))
      ? ['plt.rcParams["text.parse_math"] = False  # a $ in a name begins no formula']
      : []),
    'pairs = np.vstack([np.hstack(shown[:10]), np.hstack(reconstructions[:10])])',
    ...(scale === 1 ? [] : [`pairs = pairs.repeat(${scale}, axis=0).repeat(${scale}, axis=1)  # larger`]),
    `plt.imsave("reconstructions.png", pairs.squeeze()${clip}, cmap="gray", vmin=0, vmax=1)`,
    '',
    'figure, axes = plt.subplots(1, 2, figsize=(11, 5.5))',
    `figure.suptitle(${doubleQuoted(plan.images.name)})`,
    `pixels = ${isOne ? NOWHERE : 'PCA(2).fit_transform(shown.reshape(len(shown), -1))'}`,
    `maps = {"PCA of the pixels": pixels, "${title}": ${isOne ? NOWHERE : points}}`,
    'for axis, (title, points) in zip(axes, maps.items()):',
    '    axis.set_title(title)',
    ...scatter(plan),
    'figure.savefig("codes.png", dpi=150)',
  ];
}

const NOWHERE = 'np.zeros((1, 2))';

/** What the map of the codes is called, and its points. */
function codePoints(size: number): readonly [title: string, points: string] {
  if (size > 2) return ['PCA of the codes', 'PCA(2).fit_transform(codes)'];
  return ['Codes', size === 2 ? 'codes' : 'np.column_stack([codes, np.zeros(len(codes))])'];
}

function scatter({ images }: ScriptPlan): string[] {
  const { length } = images.labelNames;
  if (length === 0) return ['    axis.scatter(*points.T, s=4)'];
  if (length > MOST_IN_LEGEND) return ['    axis.scatter(*points.T, s=4, c=labels[:2000], cmap="nipy_spectral")'];
  // A name that begins with an underscore, or has no letters, a legend leaves out.
  const isKept = images.labelNames.every((name) => name.trim() !== '' && !name.startsWith('_'));
  const name = isKept ? 'name' : 'f" {name}"';
  const colour = length > 10 ? ', color=plt.cm.tab20(number)' : '';
  return [
    '    for number, name in enumerate(LABELS):',
    `        axis.scatter(*points[labels[:2000] == number].T, s=4, label=${name}${colour})`,
    'axes[1].legend(markerscale=3)',
  ];
}
