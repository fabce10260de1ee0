import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { StudioError } from '../../domain/errors.ts';
import { exportFormats, exportLimit, modelParts, type ModelPart } from '../../domain/export-formats.ts';
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
import { verdictRule } from './inspection/verdict-rule.ts';
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
  const writer = formatWriters[id];
  const withoutVerdict = whyNoVerdict({ part, scalingInside, writer });
  const plain = { spec: network.spec, network, parts, described, origin, scalingInside, map };
  const model: ExportedModel = { ...plain, ...verdictOf(normality, withoutVerdict) };
  let files: string[] = [];
  await writeFolder(folder, async (temporary) => {
    await writer.write(model, temporary);
    await writeWhole(join(temporary, 'README.md'), modelCard(model, format, writer));
    await writePreprocessing(model, writer, temporary);
    await writeSamples(model, samples, temporary);
    if (normality !== undefined && model.verdict !== undefined) {
      await writer.verdict.write(model, model.verdict, temporary);
      await writeScores(network, samples, normality, temporary);
    }
    files = await filesIn(temporary);
    // Whoever removes the folder under our hands takes what was written first: that is the model.
    if (!writer.files(model).every(({ name }) => files.includes(name))) {
      throw new StudioError('refused', `${folder}: was removed while it was written. Nothing of it is kept.`);
    }
  });
  return files;
}

function whyNoVerdict({
  part,
  scalingInside,
  writer,
}: {
  readonly part: ModelPart | undefined;
  readonly scalingInside: boolean;
  readonly writer: FormatWriter;
}): string | undefined {
  if (part !== undefined) return 'No verdict on odd pictures comes along: its scores need the whole model.';
  if (!scalingInside || writer.verdict.takesBytes) return undefined;
  return 'No verdict on odd pictures comes along, as scores look at evened pictures and this model takes bytes: export it without scaling inside.';
}

function verdictOf(
  normality: StoredNormality | undefined,
  why: string | undefined,
): Pick<ExportedModel, 'verdict' | 'noVerdict'> {
  if (normality === undefined) return {};
  return why === undefined ? { verdict: verdictRule(normality) } : { noVerdict: why };
}

/** What the app itself makes of the samples. */
async function writeScores(
  network: Network,
  samples: ImageColumns,
  { normality, verdict, window }: StoredNormality,
  folder: string,
): Promise<void> {
  const pictures = Float32Array.from(samples.pixels, (byte) => byte / 255);
  const through = (given: Float32Array) => passThrough(network, given, () => Promise.resolve());
  const data = (await scorePictures(normality, pictures, through, window))[verdict.score];
  await writeWhole(join(folder, 'samples', 'scores.npy'), encodeNpy(data, [data.length]));
}

async function writePreprocessing(model: ExportedModel, writer: FormatWriter, folder: string): Promise<void> {
  await writeJson(join(folder, 'preprocessing.json'), preprocessingOf(model, writer));
  if (writer.language === 'python') {
    await writeWhole(join(folder, 'preprocessing.py'), preprocessingPython(model, writer.imageOrder));
    await writeWhole(join(folder, 'verify.py'), verifyPython(model, writer));
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
