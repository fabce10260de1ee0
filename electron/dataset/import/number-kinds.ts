import type { NumberRange } from '../../contract/import-options.ts';
import type { DarkLook, NumberKindLook } from '../../contract/import-plan.ts';
import { NumberSurvey, type NumberType } from '../picture/number-survey.ts';

/** A picture is dark where its brightest number lies closer to black than a part of so many of the way to white. */
const DARK = 8;

interface Found {
  readonly type: NumberType;
  readonly survey: NumberSurvey;
}

/**
 * The numbers of an import's picture files, kind by kind: one scale for all of 12 bits and of measurements in fractions would show
 * nothing of one of them. A kind is what files say that they hold; fractions on a usual scale, such as 0 to 1, beside fractions that are
 * on none are a kind of their own, where all files were looked at.
 */
export class NumberKinds {
  private readonly found = new Map<string, Found>();
  /** The brightest number of each picture. */
  private readonly brightest = new Map<string, number>();
  private kinds: ReadonlyMap<string, Found> = new Map();

  /** @param place names one picture, as `rangeOf` is asked for it */
  add(place: string, values: ArrayLike<number>, type: NumberType): void {
    const survey = new NumberSurvey();
    survey.addKnown(values, type);
    if (survey.isEmpty) return;
    this.found.set(place, { type, survey });
    this.brightest.set(place, survey.look().most);
  }

  /**
   * All that are looked at have been added.
   * @param isWhole no picture was passed over
   */
  settle(isWhole: boolean): void {
    const byType = joined(this.found.values(), ({ type }) => keyOf(type));
    const isApart = ({ type, survey }: Found): boolean =>
      isWhole && type.kind === 'f' && survey.isUsual && byType.get(keyOf(type))?.survey.isUsual === false;
    const apart = new Map([...this.found.values()].map((one) => [one, isApart(one)]));
    this.kinds = joined(this.found.values(), (one) => keyOf(one.type, apart.get(one)));
    for (const [place, one] of this.found) this.found.set(place, this.kinds.get(keyOf(one.type, apart.get(one)))!);
  }

  /** What all numbers say together. */
  get all(): NumberSurvey {
    const all = new NumberSurvey();
    for (const { survey } of this.kinds.values()) all.addAll(survey);
    return all;
  }

  /** Which numbers of a picture become black and white; undefined where none of its type were found. */
  rangeOf(place: string, type: NumberType): NumberRange | undefined {
    return (this.found.get(place) ?? this.kinds.get(keyOf(type)))?.survey.range();
  }

  /** Pictures that come out dark because others of their kind are so much brighter; of several kinds those of the one that has most. */
  get dark(): DarkLook | undefined {
    const looks = [...new Set(this.found.values())].flatMap((kind): DarkLook | readonly DarkLook[] => {
      const all = [...this.brightest].filter(([place]) => this.found.get(place) === kind).map(([, most]) => most);
      return darkAmong(all, kind.survey.range()) ?? [];
    });
    return looks.toSorted((a, b) => b.count - a.count)[0];
  }

  /** Each kind with its range; empty where all have the same. */
  get looks(): readonly NumberKindLook[] {
    const looks = [...this.kinds.values()].map(({ type, survey }) => ({
      words: `${typeWords(type)}, ${survey.look().words}`,
      range: survey.range(),
    }));
    const isOne = looks.every(
      ({ range: { black, white } }) => black === looks[0]!.range.black && white === looks[0]!.range.white,
    );
    return isOne ? [] : looks;
  }
}

/**
 * Pictures that come out dark on one scale; undefined where none do.
 * @param brightest the largest number of each picture
 */
export function darkAmong(brightest: ArrayLike<number>, { black, white }: NumberRange): DarkLook | undefined {
  let count = 0;
  let largest = black;
  for (let at = 0; at < brightest.length; at += 1) {
    const most = brightest[at]!;
    if (most <= black || (most - black) * DARK >= white - black) continue;
    count += 1;
    largest = Math.max(largest, most);
  }
  return count === 0 ? undefined : { count, of: brightest.length, most: largest, black, white };
}

const keyOf = ({ kind, bits }: NumberType, apart = false): string => `${kind}${bits}${apart ? ' apart' : ''}`;

function joined(all: Iterable<Found>, key: (one: Found) => string): Map<string, Found> {
  const kinds = new Map<string, Found>();
  for (const one of all) {
    const kind = kinds.get(key(one)) ?? { type: one.type, survey: new NumberSurvey() };
    kind.survey.addAll(one.survey);
    kinds.set(key(one), kind);
  }
  return kinds;
}

function typeWords({ kind, bits }: NumberType): string {
  return kind === 'f' ? `floating point of ${bits} bits` : `${bits} bits${kind === 'i' ? ' with a sign' : ''}`;
}
