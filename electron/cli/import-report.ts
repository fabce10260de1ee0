import { LEAST_IMAGES } from '../contract/import-options.ts';
import { annotationWords, decodedWords, groupedReasons, otherFilesWords } from '../domain/file-reasons.ts';
import { darkWords, numbersWords } from '../domain/number-words.ts';
import type {
  ImportPlan,
  ImportProgress,
  ImportReport,
  SkippedFile,
  TableLook,
  TablesLook,
} from '../contract/import-plan.ts';

const BAR_WIDTH = 30;
/** Reasons that are printed; the rest is counted (all of them are in the JSON). */
const MOST_LINES = 20;
/** Names of one reason. */
const MOST_NAMES = 3;

/** What `import` prints: the report on stdout, progress on stderr. */
export class ImportReporter {
  private readonly json: boolean;
  private readonly onTerminal = process.stderr.isTTY;

  constructor(json: boolean) {
    this.json = json;
  }

  readonly progressed = (progress: ImportProgress): void => {
    if (!this.onTerminal) return;
    this.clearBar();
    process.stderr.write(barOf(progress));
  };

  /** @returns whether an import would not refuse these pictures as too few */
  planned(plan: ImportPlan): boolean {
    this.clearBar();
    const different = plan.count - (plan.options.duplicates === 'keep' ? 0 : (plan.duplicates ?? 0));
    const isEnough = different >= LEAST_IMAGES;
    if (this.json) print(plan);
    else this.sayPlan(plan, isEnough);
    return isEnough;
  }

  private sayPlan(plan: ImportPlan, isEnough: boolean): void {
    const { options, labels, skipped, others } = plan;
    const { width, height, channels, fit, background } = options;
    const invert = options.invert === 'auto' ? `auto (${plan.autoInverts ? 'on' : 'off'})` : options.invert;
    const test = options.test.kind === 'folders' ? 'the folders called test' : `every ${options.test.n}th image`;
    write(`${picturesWords(plan)}${labelText(labels)}`);
    if (plan.masks > 0)
      write(`${plan.masks.toLocaleString('en')} of them with a mask, which is kept beside its picture`);
    if (plan.annotations !== undefined) write(annotationWords(plan.annotations));
    if (others.count > 0) write(otherFilesWords(others));
    write(`Would become ${width} × ${height} ${channels === 1 ? 'grey' : 'RGB'}, ${fit}, background ${background}`);
    this.sayReading(plan);
    write(`Invert ${invert}, centre by mass ${options.centre ? 'on' : 'off'}, test images: ${test}`);
    for (const { folder, count, split = 'by the rule' } of plan.folders) {
      write(
        `  ${folder === '' ? '(beside the folders)' : shown(folder)}: ${count}, ${split === 'out' ? 'left out' : split}`,
      );
    }
    list('Would skip', [...skipped, ...plan.unreadable]);
    if (plan.decoded !== undefined) write(decodedWords(plan.decoded));
    if (!isEnough) write(`Too few: an image set needs at least ${LEAST_IMAGES} different pictures.`);
  }

  /** How numbers, tables and arrays are read, which the files themselves do not say. */
  private sayReading(plan: ImportPlan): void {
    const { options } = plan;
    const { range } = options;
    if (plan.numbers !== undefined && range !== undefined) write(numbersWords(plan.numbers, range));
    for (const kind of range === undefined ? (plan.numberKinds ?? []) : []) write(numbersWords(kind, kind.range));
    const dark = darkWords(plan.dark, range);
    if (dark !== '') write(dark);
    for (const line of plan.table === undefined ? [] : tableLines(plan.table)) write(line);
    if (plan.labelGuess !== undefined && options.labels !== 'none') write(plan.labelGuess);
    if (plan.order !== undefined)
      write(
        `Rows hold ${(options.order ?? plan.order) === 'planar' ? 'all of red, then green, then blue' : 'R G B R G B …'} (--order)`,
      );
    if (plan.labelColumns !== undefined)
      write(`Labels: column ${(options.labelColumn ?? 0) + 1} of ${plan.labelColumns} (--label-column)`);
    if (plan.bands !== undefined) write(`Bands: ${plan.bands}, of which ${bandsText(options.bands)} taken`);
  }

  /** @param plan whose guesses the import went by; left out where nothing was guessed */
  imported(report: ImportReport, plan?: ImportPlan): void {
    this.clearBar();
    if (this.json) return print(report);
    const { set, imported, duplicates, skipped, others, masks, notes, folder, seconds } = report;
    const [height, width, channels] = set.shape;
    const { validationCount = 0 } = set;
    const held = validationCount === 0 ? '' : ` (${validationCount.toLocaleString('en')} of them validation)`;
    const labels = set.labelNames.length === 0 ? 'no labels' : `${set.labelNames.length} labels`;
    write(
      `Imported ${imported.toLocaleString('en')} images (${set.trainingCount} training${held}, ${set.testCount} test), ` +
        `${width} × ${height} ${channels === 1 ? 'grey' : 'RGB'}${report.inverted ? ' inverted' : ''}, ${labels}, ${seconds.toFixed(1)} s`,
    );
    if (masks > 0) write(`${masks.toLocaleString('en')} of them with a mask`);
    if (report.annotations !== undefined) write(annotationWords(report.annotations));
    if (others.count > 0) write(otherFilesWords(others));
    list('Skipped', skipped);
    const verb = duplicates[0]?.kept === true ? 'kept' : 'left out';
    list(
      `Duplicates, ${verb}`,
      duplicates.map(({ name, of }) => ({ name, reason: `the same content as ${shown(of)}` })),
      true,
    );
    list('Notes', notes);
    if (plan !== undefined) this.sayReading(plan);
    write(`${set.id}: ${folder}`);
  }

  clearBar(): void {
    if (this.onTerminal) process.stderr.write('\r\u001b[K');
  }
}

/** The progress bar's line. */
export function barOf(progress: ImportProgress): string {
  if (progress.kind === 'listing') return `${progress.found.toLocaleString('en')} files found`;
  const filled = Math.round(progress.fraction * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  if (progress.kind === 'arranging') return `${bar} arranging`;
  const { done, total, imagesPerSecond, secondsLeft } = progress;
  const left = `${Math.floor(secondsLeft / 60)}:${String(Math.floor(secondsLeft % 60)).padStart(2, '0')}`;
  return `${bar} ${done}/${total}  ${imagesPerSecond.toFixed(0)} images/s  ${left} left`;
}

function labelText(labels: ImportPlan['labels']): string {
  if (labels.length === 0) return ', no labels';
  const some = labels.slice(0, 12).map(({ name, count }) => `${shown(name)} (${count})`);
  return `, ${labels.length} labels: ${some.join(', ')}${labels.length > 12 ? ', …' : ''}`;
}

/** Names of each reason; one reason is told once. */
function list(title: string, entries: readonly SkippedFile[], exact = false): void {
  if (entries.length === 0) return;
  write(`${title}: ${entries.length.toLocaleString('en')}`);
  const groups = groupedReasons(entries, exact);
  for (const { reason, names } of groups.slice(0, MOST_LINES)) {
    const more = names.length > MOST_NAMES ? ` and ${(names.length - MOST_NAMES).toLocaleString('en')} more` : '';
    write(`  ${names.slice(0, MOST_NAMES).map(shown).join(', ')}${more}: ${reason}`);
  }
  if (groups.length > MOST_LINES)
    write(`  … and ${groups.length - MOST_LINES} other reasons (all of them with --json)`);
}

/** "56 pictures, 28 of them twice: 28 remain". */
function picturesWords({ count, duplicates, options }: ImportPlan): string {
  const pictures = `${count.toLocaleString('en')} ${count === 1 ? 'picture' : 'pictures'}`;
  if (duplicates === undefined || duplicates === 0 || options.duplicates === 'keep') return pictures;
  return `${pictures}, ${duplicates.toLocaleString('en')} of which ${duplicates === 1 ? 'is the same as another' : 'are the same as others'}: ${(count - duplicates).toLocaleString('en')} remain`;
}

/** One line of columns, or one of each kind of file with its name. */
function tableLines({ others, ...first }: TablesLook): string[] {
  if (others.length === 0) return [`Columns: ${tableText(first)}`];
  return [first, ...others].map((look) => `Columns of ${shown(look.file)}: ${tableText(look)}${unlabelled(look)}`);
}

const unlabelled = ({ columns }: TableLook): string =>
  columns.some(({ role }) => role === 'label') ? '' : ', no label';

function tableText({ columns, header, decimalComma }: TableLook): string {
  const told = columns.filter(({ role }) => role !== 'ignored').map(({ name, role }) => `${shown(name)} (${role})`);
  const ignored = columns.length - told.length;
  return `${told.join(', ')}${ignored > 0 ? `, ${ignored} not used` : ''}${header ? '' : ', without a header'}${decimalComma === true ? ', 0,5 read as 0.5' : ''}`;
}

function bandsText(bands: ImportPlan['options']['bands']): string {
  return bands === undefined ? 'the first are' : `${bands.map((band) => band + 1).join(', ')} are`;
}

/** A name may hold anything, a line's end or a terminal's commands too. */
function shown(name: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what must not reach the terminal
  return /[\x00-\x1f\x7f-\x9f]/.test(name) ? JSON.stringify(name) : name;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
