import { singleQuoted } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** `plane(points)` and `scatter(points, title, left)`. */
export function tfjsFigureFunctions({ images }: ScriptPlan): string {
  const labelled = images.labelNames.length > 0;
  const colour = labelled ? '${colour(labels[at])}' : '#3366cc';
  return `/** The first two principal components, by orthogonal iteration. */
function plane(points) {
  return tf.tidy(() => {
    const centred = points.sub(points.mean(0));
    let axes = tf.randomNormal([2, points.shape[1]], 0, 1, 'float32', draws++);
    for (let turn = 0; turn < 50; turn += 1) {
      axes = tf.linalg.gramSchmidt(axes.matMul(centred, false, true).matMul(centred));
    }
    return centred.matMul(axes, false, true).arraySync();
  });
}
${labelled ? '\nconst colour = (label) => `hsl(${(360 * label) / LABELS.length} 70% 45%)`;' : ''}
/** Points in a square of 400, as elements of an SVG. */
function scatter(points, title, left) {
  const [x, y] = [0, 1].map((axis) => {
    const values = points.map((point) => point[axis]);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return values.map((value) => ((400 * (value - least)) / (most - least || 1)).toFixed(1));
  });
  const dots = x.map((cx, at) => \`<circle cx="\${cx}" cy="\${400 - y[at]}" r="1.5" fill="${colour}"/>\`);
  return \`<g transform="translate(\${left} 30)"><text y="-12">\${title}</text>\${dots.join('\\n')}</g>\`;
}`;
}

/** The lines that draw originals over reconstructions (PNG), and PCA of the pixels beside the codes (SVG). */
export function tfjsFigures({ model, images }: ScriptPlan): string[] {
  const { size } = model.code;
  const labelled = images.labelNames.length > 0;
  const points =
    size > 2 ? 'plane(codes)' : size === 2 ? 'codes.arraySync()' : 'codes.arraySync().map(([code]) => [code, 0])';
  return [
    'const row = (pictures) => tf.concat(tf.unstack(pictures.slice(0, Math.min(10, pictures.shape[0]))), 1);',
    'const both = tf.concat([row(shown), row(reconstructions)]).clipByValue(0, 1).mul(255);',
    'const enlarged = tf.image.resizeNearestNeighbor(both, both.shape.slice(0, 2).map((size) => 3 * size));',
    "await writeFile('reconstructions.png', await tf.node.encodePng(enlarged.round().toInt()));",
    '',
    'const drawing = [',
    `  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 880 520" font-family="sans-serif" font-size="12">',`,
    `  \`<title>\${xml(${singleQuoted(images.name)})}</title>\`,`,
    "  scatter(plane(shown.reshape([-1, VALUES])), 'PCA of the pixels', 0),",
    `  scatter(${points}, '${size > 2 ? 'PCA of the codes' : 'Codes'}', 440),`,
    ...(labelled
      ? [
          '  ...LABELS.map((name, label) => {',
          '    const [x, y] = [85 * (label % 10), 455 + 16 * Math.floor(label / 10)];',
          '    return `<text x="${x}" y="${y}" fill="${colour(label)}">${xml(name)}</text>`;',
          '  }),',
        ]
      : []),
    "  '</svg>',",
    '];',
    "await writeFile('codes.svg', drawing.join('\\n'));",
  ];
}

/** What a script needs to put words into an SVG. */
export const XML = 'const xml = (text) => text.replace(/[<&]/g, (sign) => `&#${sign.charCodeAt(0)};`);';
