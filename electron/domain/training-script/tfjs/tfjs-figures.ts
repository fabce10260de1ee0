import type { ScriptPlan } from '../script-plan.ts';

/** `plane(points)`. */
export const TFJS_PLANE = `/** The first two principal components, by orthogonal iteration. */
function plane(points) {
  const centred = points.sub(points.mean(0));
  let axes = tf.randomNormal([2, points.shape[1]], 0, 1, 'float32', draws++);
  for (let turn = 0; turn < 50; turn += 1) {
    axes = tf.linalg.gramSchmidt(axes.matMul(centred, false, true).matMul(centred));
  }
  return centred.matMul(axes, false, true);
}`;

/** Images side by side. */
const IN_A_ROW = 10;

/** The lines that draw originals over reconstructions (PNG), and PCA of the pixels beside the codes (SVG). */
export function tfjsFigures({ model, images }: ScriptPlan): string[] {
  const escapes = images.labelNames.some((name) => /[<&]/.test(name));
  const [height, width] = model.inputShape;
  const plain = model.code.size <= 2;
  const labelled = images.labelNames.length > 0;
  const shown = Math.min(IN_A_ROW, images.testCount);
  const fill = labelled ? '${hue(labels[at])}' : '#3366cc';
  return [
    `const rows = [shown, reconstructions].map((all) => tf.concat(tf.unstack(all).slice(0, ${IN_A_ROW}), 1));`,
    `const both = tf.image.resizeNearestNeighbor(tf.concat(rows), [${6 * height}, ${3 * width * shown}]).clipByValue(0, 1);`,
    "await writeFile('reconstructions.png', await tf.node.encodePng(both.mul(255).round().toInt()));",
    '',
    ...(escapes ? [XML] : []),
    ...(labelled ? ['const hue = (label) => `hsl(${(360 * label) / LABELS.length} 70% 45%)`;'] : []),
    'function scatter(title, points, dx) {',
    '  const least = points.min(0);',
    '  const scaled = points.sub(least).divNoNan(points.max(0).sub(least)).mul(400).arraySync();',
    '  const dots = scaled.map(',
    `    ([x, y = 0], at) => \`<circle cx="\${dx + x}" cy="\${430 - y}" r="2" fill="${fill}"/>\`,`,
    '  );',
    '  return [`<text x="${dx}" y="18">${title}</text>`, ...dots].join(\'\\n\');',
    '}',
    'const drawing = [',
    `  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 880 520" font-size="12">',`,
    "  scatter('PCA of the pixels', plane(shown.reshape([shown.shape[0], -1])), 0),",
    `  scatter(${plain ? "'Codes', codes" : "'PCA of the codes', plane(codes)"}, 440),`,
    ...legend(images.labelNames.length, escapes ? 'xml(name)' : 'name'),
    "  '</svg>',",
    '];',
    "await writeFile('codes.svg', drawing.join('\\n'));",
  ];
}

/** Where a label's name has what XML takes for its own. */
const XML = 'const xml = (text) => text.replace(/[<&]/g, (sign) => `&#${sign.charCodeAt(0)};`);';

/** The labels' names below the maps, ten a line. */
function legend(labels: number, name: string): string[] {
  if (labels === 0) return [];
  const text = (x: string, y: string): string =>
    `\`<text x="\${${x}}" y="${y}" fill="\${hue(label)}">\${${name}}</text>\``;
  if (labels <= 10) return ['  ...LABELS.map(', `    (name, label) => ${text('85 * label', '455')},`, '  ),'];
  return [
    '  ...LABELS.map((name, label) => {',
    '    const [x, y] = [85 * (label % 10), 455 + 16 * Math.floor(label / 10)];',
    `    return ${text('x', '${y}')};`,
    '  }),',
  ];
}
