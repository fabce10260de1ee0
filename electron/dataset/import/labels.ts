import type { SourceSplit } from './source.ts';

/** Pictures that lie beside the labels' folders. */
export const UNSORTED = 'unsorted';

/** Words in the names of folders that say nothing of the split: "training_set", "seg_train", "test images". */
const NEUTRAL = /^(?:sets?|data|dataset|images?|imgs?|pictures?|photos?|seg|split|folder|x|\d*)$/;
/**
 * In English, and as folders are called in German, French, Spanish, Portuguese, Italian, Russian, Chinese, Japanese and Korean; what
 * is behind it says no more: "train2017", "Testdaten", "训练集".
 */
const SPLIT_WORDS: readonly (readonly [SourceSplit, RegExp])[] = [
  [
    'training',
    /^(?:train(?:ings?)?|trn|lern|apprentissage|entra[iî]nement|entrenamiento|treino|treinamento|addestramento|обуч(?:ение|ающая)|训练|訓練|学習|학습|훈련)/,
  ],
  [
    'test',
    /^(?:test(?:e|ing|o)?|tst|evaluation|évaluation|prüfung|prueba|prova|тест(?:овая)?|测试|測試|テスト|시험|테스트|평가)/,
  ],
  [
    'validation',
    /^(?:val(?:idierung|idation|idate|idación|idação|idazione|id)?|dev|проверка|валидация|验证|驗證|検証|검증)/,
  ],
];
/** What may stand behind such a word within it. */
const BEHIND = /^(?:\d{0,4}|set|data|images?|daten|satz|bilder|集|データ|데이터)$/;

/** The split that a folder is called after: "train", "test_set", "val"; undefined for every other name. */
export function splitOfFolder(folder: string): SourceSplit | undefined {
  const words = folder
    .normalize('NFC')
    .toLowerCase()
    .split(/[-_. ]+/);
  const telling = words.filter((word) => !NEUTRAL.test(word));
  if (telling.length !== 1) return undefined;
  const [word = ''] = telling;
  return SPLIT_WORDS.find(([, pattern]) => {
    const [begins] = pattern.exec(word) ?? [];
    return begins !== undefined && BEHIND.test(word.slice(begins.length));
  })?.[0];
}

/** Reads a split from an array's or a file's name: "x_test", "t10k-images", "fashion_test.csv". */
export function splitOfName(name: string): SourceSplit | undefined {
  if (/(?:^|[^a-z])(?:test|t10k)(?:$|[^a-z])/i.test(name)) return 'test';
  if (/(?:^|[^a-z])(?:val|valid|validation)(?:$|[^a-z])/i.test(name)) return 'validation';
  return /(?:^|[^a-z])(?:train|training)(?:$|[^a-z])/i.test(name) ? 'training' : undefined;
}

/** Where a row of noughts and one one has its one; undefined for every other row. */
export function oneHotPlace(row: readonly unknown[]): number | undefined {
  const place = row.indexOf(1);
  return place >= 0 && row.every((field, at) => field === (at === place ? 1 : 0)) ? place : undefined;
}

/** "2" before "10"; the same on every machine. */
export const byName = new Intl.Collator('en', { numeric: true }).compare;

/** How many folders, from the top, all paths share. */
export function commonDepth(paths: readonly (readonly string[])[]): number {
  const [first = []] = paths;
  let depth = 0;
  while (depth < first.length && paths.every((parts) => parts[depth] === first[depth])) depth += 1;
  return depth;
}

/** How often each name occurs. */
export function tally(names: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
