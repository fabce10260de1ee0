import type { ExportedModel, FormatWriter } from './exported-model.ts';
import type { VerdictRule } from './inspection/verdict-rule.ts';
import { sampleNames } from './samples.ts';

/** How far an export may be from the app: of values up to 1 absolute, of larger ones relative to the largest. */
export const MOST_DIFFERENCE = 1e-5;

/** verify.py: runs the format's own `run(part, values)` on the samples; ends with 1 where the difference is too large. */
export function verifyPython(model: ExportedModel, writer: FormatWriter): string {
  const { imports, run } = writer.runner(model);
  const checks = model.parts.map(({ part }) => {
    const { given, expected } = sampleNames[part];
    return `    ("${part}", "${given}", "${expected}"),`;
  });
  return `"""Checks that the model computes here what Autoencoder Studio computed.

Needs: pip install ${writer.packages}
Run: python verify.py
"""

import sys
from pathlib import Path

import numpy as np
${imports}

FOLDER = Path(__file__).resolve().parent
# Of values up to 1; of larger ones, relative to the largest.
MOST_DIFFERENCE = ${MOST_DIFFERENCE}
# Part of the model, what it is given, what must come out: arrays in the folder samples.
CHECKS = [
${checks.join('\n')}
]

${run}

failed = False
for part, given, expected in CHECKS:
    values = np.load(FOLDER / "samples" / f"{given}.npy")
    wanted = np.load(FOLDER / "samples" / f"{expected}.npy")
    found = np.asarray(run(part, values))
    if found.shape != wanted.shape:
        sys.exit(f"{part}: expected an array of {wanted.shape}, found {found.shape}.")
    difference = np.abs(found - wanted).max() / max(1.0, np.abs(wanted).max())
    passed = bool(difference <= MOST_DIFFERENCE)
    failed = failed or not passed
    print(f"{part}: largest difference {difference:.1e} on {len(wanted)} samples, {'ok' if passed else 'TOO LARGE'}")
${model.verdict === undefined ? '' : scoresInPython(writer, model.verdict)}sys.exit(1 if failed else 0)
`;
}

/** A score is measured against its own size, and a verdict must be the same. */
const scoresInPython = ({ verdict }: FormatWriter, { rule }: VerdictRule): string => `
${verdict.check}
wanted = np.load(FOLDER / "samples" / "scores.npy").astype(np.float64)
difference = (np.abs(found - wanted) / np.maximum(1.0, np.abs(wanted))).max()
passed = bool(difference <= MOST_DIFFERENCE and (odd == (wanted > ${rule.threshold})).all())
failed = failed or not passed
print(f"scores: largest difference {difference:.1e} on {len(wanted)} samples, {'ok' if passed else 'TOO LARGE'}")
`;

const scoresInJavaScript = ({ verdict }: FormatWriter, { rule }: VerdictRule): string => `
{
${verdict.check}
const wanted = (await readNpy('scores')).values;
const off = (score, index) => Math.abs(score - wanted[index]) / Math.max(1, Math.abs(wanted[index]));
const difference = found.reduce((most, score, index) => Math.max(most, off(score, index)), 0);
const passed = difference <= MOST_DIFFERENCE && odd.every((is, index) => is === wanted[index] > ${rule.threshold});
if (!passed) process.exitCode = 1;
const words = \`largest difference \${difference.toExponential(1)} on \${wanted.length} samples\`;
console.log(\`scores: \${words}, \${passed ? 'ok' : 'TOO LARGE'}\`);
}
`;

/** verify.mjs: the same for Node. */
export function verifyJavaScript(model: ExportedModel, writer: FormatWriter): string {
  const { imports, run } = writer.runner(model);
  const checks = model.parts.map(({ part }) => {
    const { given, expected } = sampleNames[part];
    return `  ['${part}', '${given}', '${expected}'],`;
  });
  return `// Checks that the model computes here what Autoencoder Studio computed.
${writer.packages === '' ? '' : `// Needs: npm install ${writer.packages}\n`}// Run: node verify.mjs
import { readFile } from 'node:fs/promises';
${imports}

const at = (name) => new URL(name, import.meta.url);
// Of values up to 1; of larger ones, relative to the largest.
const MOST_DIFFERENCE = ${MOST_DIFFERENCE};
// Part of the model, what it is given, what must come out: arrays in the folder samples.
const checks = [
${checks.join('\n')}
];

/** Reads a NumPy file of bytes or of float32. */
async function readNpy(name) {
  const bytes = await readFile(at(\`samples/\${name}.npy\`));
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const shape = /\\(([^)]*)\\)/.exec(header)[1].split(',').filter((size) => size.trim()).map(Number);
  const body = Uint8Array.from(bytes.subarray(start));
  return { shape, values: header.includes("'<f4'") ? new Float32Array(body.buffer) : body };
}

${run}

for (const [part, given, expected] of checks) {
  const wanted = await readNpy(expected);
  const found = await run(part, await readNpy(given));
  if (found.length !== wanted.values.length) {
    throw new Error(\`\${part}: expected \${wanted.values.length} values, found \${found.length}.\`);
  }
  let difference = 0;
  let largest = 1;
  wanted.values.forEach((value, index) => {
    // Math.max keeps what is no number: that must not pass.
    difference = Math.max(difference, Math.abs(value - found[index]));
    largest = Math.max(largest, Math.abs(value));
  });
  const passed = difference / largest <= MOST_DIFFERENCE;
  if (!passed) process.exitCode = 1;
  const words = \`largest difference \${(difference / largest).toExponential(1)} on \${wanted.shape[0]} samples\`;
  console.log(\`\${part}: \${words}, \${passed ? 'ok' : 'TOO LARGE'}\`);
}
${model.verdict === undefined ? '' : scoresInJavaScript(writer, model.verdict)}`;
}
