import { codeIndicesOf } from '../../domain/codebook.ts';
import type { ModelSpec } from '../../domain/experiment.ts';
import type { ExportFormat } from '../../domain/export-formats.ts';
import { scoreWords } from '../../domain/inspection/scores.ts';
import type { EpochMetrics } from '../../domain/words.ts';
import type { ExportedModel, FormatWriter } from './exported-model.ts';
import type { ModelOrigin } from './origin.ts';
import { weightsOf, type PlainModel } from './plain-model.ts';
import { MOST_DIFFERENCE } from './verify-script.ts';

/** README.md: what the model is, what it was trained on and how, what it reached, and how it is used and checked. */
export function modelCard(model: ExportedModel, format: ExportFormat, writer: FormatWriter): string {
  const { origin } = model;
  return [
    `# ${origin.experiment?.name ?? 'Autoencoder'}`,
    introduction(model, format),
    section('Use', fenced(writer.language, writer.usage(model))),
    ...verdict(model, writer),
    section('Check', check(writer)),
    section('Files', fileTable(model, writer)),
    section('Model', modelTable(model)),
    ...trainingSections(origin),
    section('Images', images(origin)),
  ]
    .join('\n\n')
    .concat('\n');
}

function introduction({ spec, origin, parts }: ExportedModel, { name }: ExportFormat): string {
  const [height, width, channels] = spec.inputShape;
  const colour = channels === 1 ? 'grey' : 'colour';
  const [only] = parts;
  const what =
    parts.length === 1 && only && only.part !== 'autoencoder' ? `The ${only.part} of an autoencoder` : 'An autoencoder';
  const by = `Autoencoder Studio${origin.appVersion === undefined ? '' : ` ${origin.appVersion}`}`;
  return `${what} for ${colour} images of ${width} × ${height} pixels, with a code of ${codeWords(spec)}. Exported by ${by} as ${name}.`;
}

function codeWords(spec: ModelSpec): string {
  const { size, variational, classes } = spec.code;
  const indices = codeIndicesOf(spec);
  if (indices !== undefined) {
    const { height, width, channels, vectors } = indices;
    return `${size} numbers, ${height} × ${width} places that each have one of ${vectors} vectors of ${channels}`;
  }
  if (classes !== undefined) {
    return `${size} numbers: ${size - classes} of style, the mean of a variational code, then the probabilities of ${classes} classes`;
  }
  return variational ? `${size} numbers, the mean of a variational code` : `${size} numbers`;
}

/** Which pictures are odd, by the app's own rule. */
function verdict(model: ExportedModel, writer: FormatWriter): string[] {
  if (model.noVerdict !== undefined) return [section('Odd pictures', model.noVerdict)];
  if (model.verdict === undefined) return [];
  const { score, threshold, tiles } = model.verdict.rule;
  const [height, width] = model.spec.inputShape;
  const by =
    tiles === undefined
      ? ''
      : ` Large pictures are judged by overlapping tiles of ${tiles} pixels a side, made ${width} × ${height} pixels each: a picture is as odd as its worst tile.`;
  const { name, sentence } = scoreWords[score];
  const lines = fenced(writer.language, writer.verdict.usage(model, writer.runner(model)));
  return [
    section(
      'Odd pictures',
      `${lines}\n\n_${name}_: ${sentence} Above ${threshold.toPrecision(6)} a picture is odd.${by}`,
    ),
  ];
}

function check({ language, packages }: FormatWriter): string {
  const [install, run] =
    language === 'python' ? ['pip install', 'python verify.py'] : ['npm install', 'node verify.mjs'];
  const lines = packages === '' ? [run] : [`${install} ${packages}`, run];
  return `${fenced('sh', lines.join('\n'))}

It compares what the model makes of \`samples\` with what the app made of them: at most ${MOST_DIFFERENCE} apart (of values above 1,
relative to the largest).`;
}

function fileTable(model: ExportedModel, writer: FormatWriter): string {
  const script = writer.language === 'python' ? 'py' : 'mjs';
  const rows = [
    ...writer.files(model),
    ...(model.verdict === undefined ? [] : writer.verdict.files),
    { name: 'preprocessing.json', about: 'how pixels become the model’s input' },
    { name: `preprocessing.${script}`, about: 'the same as lines that run' },
    { name: 'samples/', about: 'inputs and the app’s own outputs, as NumPy arrays' },
    { name: `verify.${script}`, about: 'checks the model by them' },
  ];
  return table(
    ['file', 'what it is'],
    rows.map(({ name, about }) => [`\`${name.replaceAll('\\', '/')}\``, about]),
  );
}

function modelTable({ spec, parts }: ExportedModel): string {
  const [whole] = parts;
  const notes = [
    ...(spec.tiedWeights === true
      ? ['The decoder’s weights were tied to the encoder’s; here they are written out.']
      : []),
    ...(spec.code.variational ? ['The code’s log-variance, which only training uses, is left out.'] : []),
  ];
  const rows = (whole as PlainModel).ops.map((op) => {
    const parameters = weightsOf(op).reduce((sum, { data }) => sum + data.length, 0);
    return [
      op.name,
      op.kind === 'activation' ? op.activation : op.kind,
      op.shape.join(' × '),
      parameters.toLocaleString('en'),
    ];
  });
  return [table(['step', 'kind', 'output', 'weights'], rows), ...notes].join('\n\n');
}

function trainingSections({ experiment, startedAt, metrics, test, weights, epochs }: ModelOrigin): string[] {
  if (experiment === undefined) {
    return [section('Training', 'Not known: the model was exported outside the folder of its run.')];
  }
  const started = startedAt === undefined ? '' : `, started ${startedAt}`;
  const done =
    metrics === undefined ? '' : ` ${metrics.length} of ${experiment.training.epochs} epochs done${started}.`;
  const settings = fenced('json', JSON.stringify({ model: experiment.model, training: experiment.training }, null, 2));
  const measured = measures(metrics ?? [], { test, weights, epochs });
  return [
    section('Training', `${settings}\n\n${`Seed ${experiment.training.seed}.${done}`}`),
    section('Measured', measured.length === 0 ? 'Nothing.' : table(['measure', 'value'], measured)),
  ];
}

function measures(
  metrics: readonly EpochMetrics[],
  { test, weights, epochs }: { readonly [K in 'test' | 'weights' | 'epochs']: ModelOrigin[K] | undefined },
): string[][] {
  const last = metrics.at(-1);
  const best = metrics.reduce<EpochMetrics | undefined>(
    (least, each) =>
      (each.validationSquaredError ?? Infinity) < (least?.validationSquaredError ?? Infinity) ? each : least,
    undefined,
  );
  // What the file itself says comes first: of a run that was cut off, or still trains, the metrics may be some epochs ahead.
  const presumed = weights === 'last' ? last : (best ?? last);
  const own = epochs === undefined ? presumed : metrics.find(({ epoch }) => epoch === epochs);
  const epoch = epochs ?? own?.epoch;
  const rows: string[][] = [];
  if (epoch !== undefined) rows.push(['epoch of these weights', number(epoch)]);
  if (own !== undefined) {
    rows.push(['training loss', number(own.trainingCost)]);
    if (own.validationMse !== undefined && own.validationSquaredError !== undefined) {
      rows.push(['validation MSE per pixel', number(own.validationMse)]);
      rows.push(['validation squared error per image', number(own.validationSquaredError)]);
    }
  }
  if (test !== undefined) {
    // Measured when the run ended, of the best weights.
    const of = test.epoch === epoch ? '' : ` (of epoch ${test.epoch})`;
    rows.push([`test MSE per pixel${of}`, number(test.mse)]);
    rows.push([`test squared error per image${of}`, number(test.squaredError)]);
    if (test.neighbourAccuracy !== undefined) {
      rows.push([`test labels right by ten nearest neighbours${of}`, `${(100 * test.neighbourAccuracy).toFixed(1)} %`]);
    }
  }
  return rows;
}

function images({ imageSet }: ModelOrigin): string {
  if (imageSet === undefined) {
    return 'Not known: the image set was not there when the model was exported. The samples are noise.';
  }
  const { name, trainingCount, testCount, licence } = imageSet;
  return `Trained on ${name}: ${trainingCount.toLocaleString('en')} training and ${testCount.toLocaleString('en')} test images. ${licence} The samples are test images of it.`;
}

const section = (title: string, text: string): string => `## ${title}\n\n${text}`;

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // A name may hold what ends a cell.
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const number = (value: number): string => String(Number(value.toPrecision(5)));
