export const CARD_GAP = 8;

export interface WallLayout {
  readonly columns: number;
  readonly cardWidth: number;
  readonly cardHeight: number;
}

/** How cards of a least width share the room there is. */
export function wallLayout(width: number, leastCard: number, cardHeight: number): WallLayout {
  const columns = Math.max(1, Math.floor((width + CARD_GAP) / (leastCard + CARD_GAP)));
  const cardWidth = Math.max(0, Math.floor((width - (columns - 1) * CARD_GAP) / columns));
  return { columns, cardWidth, cardHeight };
}

export const wallHeight = ({ columns, cardHeight }: WallLayout, count: number) =>
  Math.max(0, Math.ceil(count / columns) * (cardHeight + CARD_GAP) - CARD_GAP);

/** The cards that can be seen, and a row before and after: [first, end). */
export function cardsInView(
  { columns, cardHeight }: WallLayout,
  count: number,
  scrollTop: number,
  height: number,
): readonly [first: number, end: number] {
  const step = cardHeight + CARD_GAP;
  const firstRow = Math.max(0, Math.floor(scrollTop / step) - 1);
  const lastRow = Math.ceil((scrollTop + height) / step) + 1;
  return [Math.min(count, firstRow * columns), Math.min(count, lastRow * columns)];
}

/** Where a card lies, from the upper left corner of the first. */
export function cardPlace({ columns, cardWidth, cardHeight }: WallLayout, index: number) {
  return {
    left: (index % columns) * (cardWidth + CARD_GAP),
    top: Math.floor(index / columns) * (cardHeight + CARD_GAP),
  };
}

/** How far to scroll so that a card is seen whole; as far as now where it is. */
export function scrolledTo(layout: WallLayout, index: number, scrollTop: number, height: number): number {
  const { top } = cardPlace(layout, index);
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + layout.cardHeight - height);
}

/** The card a key goes to; nothing for other keys. */
export function nextCard(
  key: string,
  index: number,
  count: number,
  columns: number,
  pageRows: number,
): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * pageRows,
    PageDown: columns * pageRows,
    Home: -count,
    End: count,
  };
  const step = steps[key];
  if (step === undefined || count === 0) return undefined;
  return Math.min(count - 1, Math.max(0, index + step));
}
