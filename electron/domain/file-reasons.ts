/** A file and what was expected and found, as reports of imports have them. */
interface FileReason {
  readonly name: string;
  readonly reason: string;
}

/** Files of one reason. */
export interface ReasonGroup {
  readonly reason: string;
  readonly names: readonly string[];
}

/**
 * Files by their reasons, the most frequent first.
 * @param exact reasons that differ in numbers alone are not one, told as the first has it: they name files, whose numbers tell them apart
 */
export function groupedReasons(files: readonly FileReason[], exact = false): ReasonGroup[] {
  const groups = new Map<string, { readonly reason: string; readonly names: string[] }>();
  for (const { name, reason } of files) {
    const kind = exact ? reason : reason.replaceAll(/\d[\d,.]*/g, '#');
    const known = groups.get(kind);
    if (known === undefined) groups.set(kind, { reason, names: [name] });
    else known.names.push(name);
  }
  return [...groups.values()].sort((a, b) => b.names.length - a.names.length);
}

/** "9,601 other files left out (.ogg, .txt …)"; empty where there are none. */
export function otherFilesWords(others: {
  readonly count: number;
  readonly endings: readonly { readonly ending: string }[];
}): string {
  const { count, endings } = others;
  if (count === 0) return '';
  const named = endings.map(({ ending }) => ending).filter((ending) => ending !== '');
  const shown = named.slice(0, 3).join(', ') + (named.length > 3 ? ' …' : '');
  const files = `${count.toLocaleString('en')} other ${count === 1 ? 'file' : 'files'} left out`;
  return shown === '' ? files : `${files} (${shown})`;
}

/** "24 of 200 pictures decoded, 176 more begin and end as they should; …"; empty where all were decoded. */
export function decodedWords(
  decoded: { readonly count: number; readonly whole: number; readonly of: number } | undefined,
): string {
  if (decoded === undefined) return '';
  const { count, whole, of } = decoded;
  const more =
    whole === 0
      ? ''
      : `, ${whole.toLocaleString('en')} more ${whole === 1 ? 'begins and ends as it' : 'begin and end as they'} should`;
  return `${count.toLocaleString('en')} of ${of.toLocaleString('en')} pictures decoded${more}; what else is damaged is left out by the import`;
}

/**
 * "Labels from 200 Pascal VOC files; 3 pictures show several classes and have none", or why there are none; empty without such files.
 */
export function annotationWords(
  look:
    | {
        readonly kind: string;
        readonly files: number;
        readonly single: number;
        readonly several: number;
        readonly taken: boolean;
      }
    | undefined,
): string {
  if (look === undefined) return '';
  const { kind, files, several, taken } = look;
  const written = `${files.toLocaleString('en')} ${kind} ${files === 1 ? 'file' : 'files'}`;
  const show = several === 1 ? '1 picture shows' : `${several.toLocaleString('en')} pictures show`;
  if (!taken && several === 0) return `No labels from ${written}: they name no object`;
  if (!taken) return `No labels from ${written}: ${show} objects of several classes`;
  const without = several === 1 ? 'has' : 'have';
  return several === 0
    ? `Labels from ${written}`
    : `Labels from ${written}; ${show} several classes and ${without} none`;
}
