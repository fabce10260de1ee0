import { SCRIPT_WIDTH } from '../script-text.ts';
import { figureScale, type ScriptPlan } from '../script-plan.ts';

/** `pca(points, size)`. */
export const TFJS_PCA = `/** The first principal components, by orthogonal iteration. */
function pca(points, size) {
  const x = points.sub(points.mean(0));
  let axes = normal([size, x.shape[1]]);
  for (let i = 0; i < 50; i++) axes = tf.linalg.gramSchmidt(axes.matMul(x, false, true).matMul(x));
  return x.dot(axes.transpose());
}`;

/** Images side by side. */
const IN_A_ROW = 10;

/** Labels' names side by side. */
const NAMES_IN_A_ROW = 10;

/** The lines that draw originals over reconstructions (PNG), and PCA of the pixels beside the codes (SVG). */
export function tfjsFigures(plan: ScriptPlan): string[] {
  const { model, images } = plan;
  const scale = figureScale(plan);
  const escapes = images.labelNames.some((name) => /[<&\p{Cc}]/u.test(name));
  const [height, width] = model.inputShape;
  const plain = model.code.size <= 2;
  const labelled = images.labelNames.length > 0;
  const shown = Math.min(IN_A_ROW, images.testCount);
  const fill = labelled ? '${hue(labels[at])}' : '#3366cc';
  return [
    `const rows = [shown, reconstructions].map((all) => tf.concat(tf.unstack(all).slice(0, ${IN_A_ROW}), 1));`,
    `const both = tf.image.resizeNearestNeighbor(tf.concat(rows), [${2 * scale * height}, ${scale * width * shown}]).clipByValue(0, 1);`,
    "await writeFile('reconstructions.png', await tf.node.encodePng(both.mul(255).round().toInt()));",
    ...(escapes ? [XML] : []),
    ...(labelled ? ['const hue = (label) => `hsl(${(360 * label) / LABELS.length} 70% 45%)`;'] : []),
    'const inside = (x) => x.sub(x.min(0)).divNoNan(x.max(0).sub(x.min(0))).arraySync(); // 0 to 1',
    'const dot = ([x, y = 0], at) =>',
    `  \`<circle cx="\${400 * x}" cy="\${430 - 400 * y}" r="2" fill="${fill}"/>\`;`,
    'const drawing = [',
    `  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 880 520" font-size="12">',`,
    `  '<text y="18">PCA of the pixels</text><text x="440" y="18">${plain ? 'Codes' : 'PCA of the codes'}</text>',`,
    '  ...inside(pca(shown.reshape([shown.shape[0], -1]), 2)).map(dot),',
    `  \`<g transform="translate(440)">\${inside(${plain ? 'codes' : 'pca(codes, 2)'}).map(dot).join('\\n')}</g>\`,`,
    ...legend(images.labelNames.length, escapes ? 'xml(name)' : 'name'),
    "  '</svg>',",
    '];',
    "await writeFile('codes.svg', drawing.join('\\n'));",
  ];
}

/** Where a label's name has what XML takes for its own, or does not take. */
const XML = `const xml = (text) =>
  text.replace(/\\p{Cc}/gu, ' ').replace(/[<&]/g, (sign) => \`&#\${sign.charCodeAt(0)};\`);`;

/** The labels' names below the maps. */
function legend(labels: number, name: string): string[] {
  if (labels === 0) return [];
  const text = (x: string, y: string): string =>
    `\`<text x="\${${x}}" y="${y}" fill="\${hue(at)}">\${${name}}</text>\``;
  if (labels <= NAMES_IN_A_ROW) {
    const line = `  ...LABELS.map((name, at) => ${text('85 * at', '455')}),`;
    return line.length <= SCRIPT_WIDTH ? [line] : ['  ...LABELS.map(', `    ${line.trim().slice(14, -2)},`, '  ),'];
  }
  return [
    '  ...LABELS.map((name, at) => {',
    `    const [x, y] = [85 * (at % ${NAMES_IN_A_ROW}), 455 + 16 * Math.floor(at / ${NAMES_IN_A_ROW})];`,
    `    return ${text('x', '${y}')};`,
    '  }),',
  ];
}
