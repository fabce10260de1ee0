import type { Direction } from './point-index.ts';

/** A place on the canvas, in CSS pixels from its top left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** How a finished selection joins the one there is. */
export type Joining = 'replace' | 'add' | 'remove';

export type DragKind = 'pan' | 'draw';

/** What a person does with pointer and keys, in canvas terms. */
export interface GestureTarget {
  /** Whether a drag with the main button moves the view or draws with the tool in hand. */
  dragKind(): DragKind;
  hover(at: Place | undefined): void;
  click(at: Place): void;
  /** By CSS pixels. */
  pan(dx: number, dy: number): void;
  zoom(factor: number, at: Place | undefined): void;
  drawFrom(at: Place): void;
  drawTo(at: Place): void;
  drawn(joining: Joining): void;
  /** Drops what is being drawn, and nothing else. */
  dropDrawing(): void;
  /** Drops what is being drawn, then what is pointed at, then the selection. */
  escape(): void;
  fit(): void;
  /** The outlying points with the others. */
  showEverything(): void;
  /** To the next point in a direction. */
  step(direction: Direction): void;
  /** Moves the crosshair, free of points, by CSS pixels. */
  moveCrosshair(dx: number, dy: number): void;
  enter(): void;
  /** Ends what Enter has drawn corner by corner. */
  finish(joining: Joining): void;
}

const CLICK_PIXELS = 4;
const KEY_ZOOM = 1.3;
const KEY_PAN = 60;
const KEY_CROSSHAIR = 8;

const arrows: Readonly<Record<string, readonly [direction: Direction, dx: number, dy: number]>> = {
  ArrowLeft: ['left', -1, 0],
  ArrowRight: ['right', 1, 0],
  ArrowUp: ['up', 0, -1],
  ArrowDown: ['down', 0, 1],
};

const joiningOf = (event: MouseEvent | KeyboardEvent): Joining =>
  event.shiftKey ? 'add' : event.altKey ? 'remove' : 'replace';

/** Turns a canvas' pointer, wheel and key events into gestures. Returns what takes the listeners off again. */
export function followGestures(element: HTMLElement, target: GestureTarget): () => void {
  const pointers = new PointerGestures(element, target);
  const off = new AbortController();
  const { signal } = off;
  element.addEventListener('pointerdown', (event) => pointers.down(event), { signal });
  element.addEventListener('pointermove', (event) => pointers.move(event), { signal });
  element.addEventListener('pointerup', (event) => pointers.up(event), { signal });
  element.addEventListener('pointercancel', (event) => pointers.cancel(event), { signal });
  element.addEventListener('pointerleave', () => pointers.leave(), { signal });
  element.addEventListener('wheel', (event) => pointers.wheel(event), { signal, passive: false });
  element.addEventListener('keydown', (event) => key(event, target), { signal });
  return () => off.abort();
}

class PointerGestures {
  readonly #element: HTMLElement;
  readonly #target: GestureTarget;
  readonly #down = new Map<number, Place>();
  /** Where the press began, until the pointer has moved too far for a click. */
  #pressed: Place | undefined;
  #drag: DragKind = 'pan';

  constructor(element: HTMLElement, target: GestureTarget) {
    this.#element = element;
    this.#target = target;
  }

  down(event: PointerEvent): void {
    if (event.button > 1) return;
    const at = this.#placeOf(event);
    this.#element.setPointerCapture(event.pointerId);
    this.#down.set(event.pointerId, at);
    if (this.#down.size > 1) {
      if (this.#drag === 'draw') this.#target.dropDrawing();
      this.#pressed = undefined;
      this.#drag = 'pan';
      return;
    }
    this.#pressed = at;
    this.#drag = event.button === 1 ? 'pan' : this.#target.dragKind();
  }

  move(event: PointerEvent): void {
    const at = this.#placeOf(event);
    const before = this.#down.get(event.pointerId);
    if (!before) return this.#target.hover(at);
    if (this.#down.size === 2) return this.#pinch(event.pointerId, before, at);
    if (this.#pressed && Math.hypot(at.x - this.#pressed.x, at.y - this.#pressed.y) < CLICK_PIXELS) return;
    if (this.#pressed && this.#drag === 'draw') this.#target.drawFrom(this.#pressed);
    this.#pressed = undefined;
    this.#down.set(event.pointerId, at);
    if (this.#drag === 'pan') this.#target.pan(at.x - before.x, at.y - before.y);
    else this.#target.drawTo(at);
  }

  up(event: PointerEvent): void {
    if (!this.#down.delete(event.pointerId)) return;
    if (this.#pressed) this.#target.click(this.#pressed);
    else if (this.#drag === 'draw') this.#target.drawn(joiningOf(event));
    this.#pressed = undefined;
    // With what is still pressed.
    this.#drag = 'pan';
  }

  cancel(event: PointerEvent): void {
    this.#down.delete(event.pointerId);
    if (this.#drag === 'draw') this.#target.dropDrawing();
    this.#pressed = undefined;
    this.#drag = 'pan';
  }

  leave(): void {
    if (this.#down.size === 0) this.#target.hover(undefined);
  }

  wheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    // A trackpad's pinch comes as a wheel with the control key, in much smaller steps.
    const speed = event.ctrlKey ? 0.01 : 0.0015;
    this.#target.zoom(Math.exp(-event.deltaY * lines * speed), this.#placeOf(event));
  }

  #pinch(id: number, before: Place, at: Place): void {
    const [, other] = [...this.#down].find(([pointer]) => pointer !== id)!;
    this.#down.set(id, at);
    const from = Math.hypot(before.x - other.x, before.y - other.y);
    const to = Math.hypot(at.x - other.x, at.y - other.y);
    this.#target.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
    if (from > 1 && to > 1) this.#target.zoom(to / from, { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
  }

  #placeOf(event: MouseEvent): Place {
    const box = this.#element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}

function key(event: KeyboardEvent, target: GestureTarget): void {
  if (act(event, target)) event.preventDefault();
}

/** Whether the key meant something here. */
function act(event: KeyboardEvent, target: GestureTarget): boolean {
  const arrow = arrows[event.key];
  if (arrow) {
    const [direction, dx, dy] = arrow;
    if (event.shiftKey) target.pan(-dx * KEY_PAN, -dy * KEY_PAN);
    else if (event.altKey || event.ctrlKey) target.moveCrosshair(dx * KEY_CROSSHAIR, dy * KEY_CROSSHAIR);
    else target.step(direction);
    return true;
  }
  if (event.ctrlKey || event.metaKey) return false;
  if (event.key === '+' || event.key === '=') target.zoom(KEY_ZOOM, undefined);
  else if (event.key === '-') target.zoom(1 / KEY_ZOOM, undefined);
  else if (event.key === '0' || event.key === 'Home') target.fit();
  else if (event.key === 'a') target.showEverything();
  else if (event.key === 'Enter') target.enter();
  else if (event.key === ' ') target.finish(joiningOf(event));
  else if (event.key === 'Escape') target.escape();
  else return false;
  return true;
}
