import type { Request } from '../../contract/contract.ts';
import type { Inspection, InspectionSettings } from '../../contract/inspection.ts';
import { StudioError } from '../../domain/errors.ts';
import { scoreWords } from '../../domain/inspection/scores.ts';
import { fitTileThreshold } from '../../domain/inspection/tile-threshold.ts';
import type { StoredInspection } from '../../files/inspection-folder.ts';
import type { StoredNormality } from '../../model/normality-file.ts';

/** What a window is told of a stored inspection. */
export function inspectionOf(stored: StoredInspection): Inspection {
  const { model, inspectedAt, source, names, groups, masked, scores, pixels, region, tiles, pictureSize, problems } =
    stored;
  return {
    model,
    inspectedAt,
    ...(source.kind === 'set' ? { imageSet: source.imageSet } : {}),
    names,
    groups,
    masked,
    scores: tiles === undefined ? scores : scores.map((one) => ({ ...one, heldOut: new Float32Array(0) })),
    ...(pixels === undefined ? {} : { pixels: pixelsOf(stored, pixels) }),
    ...(region === undefined ? {} : { region }),
    ...(tiles === undefined ? {} : { tiles }),
    ...(pictureSize === undefined ? {} : { pictureSize }),
    settings: verdictSettings(stored),
    problems,
  };
}

function pixelsOf(
  { score }: StoredInspection,
  { auroc, pro, ...known }: NonNullable<StoredInspection['pixels']>,
): NonNullable<Inspection['pixels']> {
  return { score, ...known, auroc: auroc ?? Number.NaN, pro: pro ?? Number.NaN };
}

/** The threshold is fitted to held-out normal pictures and to those that a person has called fine. */
export function verdictSettings({
  score,
  why,
  threshold,
  rate,
  truths,
  marks,
  scores,
  tiles,
}: StoredInspection): InspectionSettings {
  const { heldOut, values } = scores.find(({ kind }) => kind === score)!;
  const fine = marks.flatMap(({ picture, mark }) => (mark === 'fine' ? [values[picture] ?? Number.NaN] : []));
  const fit = fitTileThreshold([...heldOut, ...fine], rate, tiles?.most ?? 1);
  return { score, why, threshold: threshold ?? fit.threshold, moved: threshold !== undefined, fit, truths, marks };
}

/** What goes beside the model: by what pictures are told apart elsewhere. */
export function verdictOf(stored: StoredInspection): StoredNormality['verdict'] {
  const { score, threshold } = verdictSettings(stored);
  return { score, threshold, ...(stored.tiles === undefined ? {} : { tiles: stored.tiles.side }) };
}

/** A stored inspection with what a person has changed of it. @throws StudioError `bad-request` for a picture that is not there */
export function settled(
  stored: StoredInspection,
  changes: Omit<Request<'inspection:settle'>, 'model'>,
): StoredInspection {
  const { score, threshold, rate, truths = [], marks = [] } = changes;
  const beyond = marks.find(({ picture }) => picture >= stored.names.length);
  if (beyond !== undefined) {
    throw new StudioError(
      'bad-request',
      `marks: expected pictures below ${stored.names.length}, found ${beyond.picture}.`,
    );
  }
  const { threshold: moved, ...rest } = stored;
  const isOther = score !== undefined && score !== stored.score;
  // A threshold is a number of its own score.
  const kept = threshold === undefined && !isOther ? moved : (threshold ?? undefined);
  return {
    ...rest,
    ...(isOther ? { score, why: `${scoreWords[score].name}, as was chosen.` } : {}),
    ...(kept === undefined ? {} : { threshold: kept }),
    ...(rate === undefined ? {} : { rate }),
    truths: { ...stored.truths, ...Object.fromEntries(truths.map(({ group, truth }) => [group, truth])) },
    marks: marked(stored.marks, marks),
  };
}

type Marks = StoredInspection['marks'];

function marked(known: Marks, changes: NonNullable<Request<'inspection:settle'>['marks']>): Marks {
  const all = new Map(known.map((each) => [each.picture, each]));
  for (const { picture, mark, note } of changes) {
    const before = all.get(picture);
    const next = mark === undefined ? before?.mark : (mark ?? undefined);
    const words = note ?? before?.note;
    all.set(picture, {
      picture,
      ...(next === undefined ? {} : { mark: next }),
      ...(words === undefined || words === '' ? {} : { note: words }),
    });
  }
  return [...all.values()].filter(({ mark, note }) => mark !== undefined || note !== undefined);
}
