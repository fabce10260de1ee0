import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { StudioError } from '../../domain/errors.ts';
import { exportFormats, exportLimit, modelParts } from '../../domain/export-formats.ts';
import type { ImageColumns } from '../../domain/words.ts';
import type { Network } from '../../engine/network.ts';
import { writeFolder, writeJson, writeWhole } from '../../files/atomic.ts';
import { encodeNpy } from '../../files/npy.ts';
import { passThrough } from '../../engine/inspection/through.ts';
import { scorePictures } from '../../engine/inspection/inspect-pictures.ts';
import type { StoredNormality } from '../normality-file.ts';
import { tensorsOf } from '../weights-file.ts';
import { describeNetwork } from './describe-network.ts';
import type { ExportedModel, ExportOptions, FormatWriter } from './exported-model.ts';
import { formatWriters } from './formats.ts';
import { inspectionPython } from './inspection/inspection-python.ts';
import { writeRule } from './inspection/write-rule.ts';
import { modelCard } from './model-card.ts';
import type { ModelMap } from './model-map.ts';
import type { ModelOrigin } from './origin.ts';
import { preprocessingOf } from './preprocessing.ts';
import { preprocessingJavaScript } from './preprocessing-javascript.ts';
import { preprocessingPython } from './preprocessing-python.ts';
import { computeSamples, noiseSamples, sampleNames } from './samples.ts';
import { verifyJavaScript, verifyPython } from './verify-script.ts';

/** What is exported. */
export interface Exportable {
  readonly network: Network;
  readonly origin: ModelOrigin;
  /** What the export is checked by; noise where there are none. */
  readonly samples?: ImageColumns;
  /** For formats that show one. */
  readonly map?: ModelMap;
  /** What tells odd pictures from normal ones, where the model has learnt it. */
  readonly normality?: StoredNormality;
}

/**
 * Writes a trained model in a format, with how pixels become its input, a model card, samples and a script that checks them:
 * the folder whole or not at all, in place of one that is there.
 * @returns the files, relative to the folder
 * @throws StudioError `refused` where the format cannot hold the model, and as all writers
 */
export async function exportModel(
  { network, origin, samples = noiseSamples(network.spec.inputShape), map, normality }: Exportable,
  { format: id, part, scalingInside = false }: ExportOptions,
  folder: string,
): Promise<string[]> {
  const format = exportFormats.find((each) => each.id === id)!;
  const limit = exportLimit(format, network.spec, part);
  if (limit !== undefined) throw new StudioError('refused', limit);
  if (scalingInside && !format.scalesInside) {
    throw new StudioError('bad-request', `${format.name}: expected no scaling inside the model, found it asked for.`);
  }
  if (scalingInside && part === 'decoder') {
    throw new StudioError('bad-request', 'A decoder takes codes: expected no scaling of bytes, found it asked for.');
  }
  const described = describeNetwork(network.spec, tensorsOf(network));
  const parts = (part === undefined ? modelParts : [part]).map((each) => described[each]);
  const model: ExportedModel = { spec: network.spec, network, parts, described, origin, scalingInside, map };
  const writer = formatWriters[id];
  let files: string[] = [];
  await writeFolder(folder, async (temporary) => {
    await writer.write(model, temporary);
    await writeWhole(join(temporary, 'README.md'), modelCard(model, format, writer));
    await writePreprocessing(model, writer, temporary, normality !== undefined && inspects(model, writer));
    await writeSamples(model, samples, temporary);
    if (normality !== undefined && inspects(model, writer))
      await writeInspection(model, samples, normality, writer, temporary);
    files = await filesIn(temporary);
    // Whoever removes the folder under our hands takes what was written first: that is the model.
    if (!writer.files(model).every(({ name }) => files.includes(name))) {
      throw new StudioError('refused', `${folder}: was removed while it was written. Nothing of it is kept.`);
    }
  });
  return files;
}

/** Whether the verdict goes along: the scores are written in Python, and need the whole model without bytes going in. */
const inspects = ({ parts, scalingInside }: ExportedModel, { language }: FormatWriter): boolean =>
  language === 'python' && parts.length > 1 && !scalingInside;

async function writeInspection(
  { network }: ExportedModel,
  samples: ImageColumns,
  stored: StoredNormality,
  { imageOrder }: FormatWriter,
  folder: string,
): Promise<void> {
  await writeRule(folder, stored);
  await writeWhole(join(folder, 'inspection.py'), inspectionPython(imageOrder));
  const pictures = Float32Array.from(samples.pixels, (byte) => byte / 255);
  const through = (given: Float32Array) => passThrough(network, given, () => Promise.resolve());
  const scores = await scorePictures(stored.normality, pictures, through, stored.window);
  const data = scores[stored.verdict.score];
  await writeWhole(join(folder, 'samples', 'scores.npy'), encodeNpy(data, [data.length]));
}

async function writePreprocessing(
  model: ExportedModel,
  writer: FormatWriter,
  folder: string,
  withScores: boolean,
): Promise<void> {
  await writeJson(join(folder, 'preprocessing.json'), preprocessingOf(model, writer));
  if (writer.language === 'python') {
    await writeWhole(join(folder, 'preprocessing.py'), preprocessingPython(model, writer.imageOrder));
    await writeWhole(join(folder, 'verify.py'), verifyPython(model, writer, withScores));
  } else {
    await writeWhole(join(folder, 'preprocessing.mjs'), preprocessingJavaScript(model, writer));
    await writeWhole(join(folder, 'verify.mjs'), verifyJavaScript(model, writer));
  }
}

async function writeSamples({ network, parts }: ExportedModel, images: ImageColumns, folder: string): Promise<void> {
  const samples = computeSamples(network, images);
  const needed = new Set(parts.flatMap(({ part }) => Object.values(sampleNames[part])));
  for (const name of needed) {
    const { data, shape } = samples[name];
    await writeWhole(join(folder, 'samples', `${name}.npy`), encodeNpy(data, shape));
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
