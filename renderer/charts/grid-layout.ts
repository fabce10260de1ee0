/** How equal cells fill a width, row by row. Lengths are in CSS pixels. */
export interface GridLayout {
  readonly count: number;
  readonly columns: number;
  readonly rows: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Between two cells. */
  readonly gap: number;
  /** Of all rows. */
  readonly height: number;
}

export function gridLayout(
  count: number,
  width: number,
  cell: { readonly width: number; readonly height: number; readonly gap: number },
): GridLayout {
  const columns = Math.max(1, Math.floor((width + cell.gap) / (cell.width + cell.gap)));
  const rows = Math.ceil(count / columns);
  const height = Math.max(0, rows * (cell.height + cell.gap) - cell.gap);
  return { count, columns, rows, cellWidth: cell.width, cellHeight: cell.height, gap: cell.gap, height };
}

/** The positions [first, end) of the rows that a view of this height shows. */
export function visibleRange(layout: GridLayout, scrollTop: number, viewHeight: number): readonly [number, number] {
  const step = layout.cellHeight + layout.gap;
  const firstRow = Math.max(0, Math.floor(scrollTop / step));
  const endRow = Math.min(layout.rows, Math.ceil((scrollTop + viewHeight) / step));
  return [Math.min(layout.count, firstRow * layout.columns), Math.min(layout.count, endRow * layout.columns)];
}

/** The upper left corner of a cell. */
export function cellPlace(layout: GridLayout, position: number): { readonly x: number; readonly y: number } {
  const row = Math.floor(position / layout.columns);
  const column = position - row * layout.columns;
  return { x: column * (layout.cellWidth + layout.gap), y: row * (layout.cellHeight + layout.gap) };
}

/** The cell at a point; none between cells and beyond the last. */
export function cellAt(layout: GridLayout, x: number, y: number): number | undefined {
  const column = Math.floor(x / (layout.cellWidth + layout.gap));
  const row = Math.floor(y / (layout.cellHeight + layout.gap));
  if (column < 0 || column >= layout.columns || row < 0 || row >= layout.rows) return undefined;
  const position = row * layout.columns + column;
  const { x: left, y: top } = cellPlace(layout, position);
  const inside = x - left < layout.cellWidth && y - top < layout.cellHeight;
  return inside && position < layout.count ? position : undefined;
}

/** Where a key leads from a cell; none: the key is not one of the grid's. */
export function cellAfterKey(
  layout: GridLayout,
  position: number,
  key: string,
  viewHeight: number,
): number | undefined {
  const page = Math.max(1, Math.floor(viewHeight / (layout.cellHeight + layout.gap))) * layout.columns;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -layout.columns,
    ArrowDown: layout.columns,
    PageUp: -page,
    PageDown: page,
    Home: -position,
    End: layout.count - 1 - position,
  };
  const step = steps[key];
  if (step === undefined || layout.count === 0) return undefined;
  return Math.min(layout.count - 1, Math.max(0, position + step));
}

/** The scroll that brings a cell's row into view, as little of it as is needed. */
export function scrollTo(layout: GridLayout, position: number, scrollTop: number, viewHeight: number): number {
  const { y } = cellPlace(layout, position);
  if (y < scrollTop) return y;
  return Math.max(scrollTop, y + layout.cellHeight - viewHeight);
}
