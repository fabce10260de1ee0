import type { MapColumns } from '../../../electron/domain/words.ts';
import { innerLimits, limitsOf, type Limits } from '../../maths/scatter-geometry.ts';
import type { Corners } from '../../maths/enclose.ts';
import type { DragKind, GestureTarget, Joining, Place } from './gestures.ts';
import { PointIndex, type Direction } from './point-index.ts';
import { fitted, isReachable, MARGIN, moved, resized, toPlane, transformOf, zoomed, type Size } from './view.ts';

export type MapTool = 'pan' | 'lasso' | 'rectangle' | 'path';

/** What is asked of a map from beside it. */
export type MapRequest =
  | { readonly kind: 'fit' }
  | { readonly kind: 'everything' }
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'limits'; readonly limits: Limits };

/** What a map tells of what a person does on it; places are in the plane's units. */
export interface MapListener {
  readonly onview: (view: Limits) => void;
  readonly onhover: (index: number | undefined, at: { readonly x: number; readonly y: number } | undefined) => void;
  readonly onpin: (index: number) => void;
  readonly onenclose: (corners: Corners, joining: Joining) => void;
  readonly onpath: (corners: Corners) => void;
  readonly onclear: () => void;
}

/** A hovered point may be this many CSS pixels away from the pointer. */
const REACH = 14;
/** Corners of a drawn line are at least so far apart. */
const LEAST_LEG = 3;

/**
 * One map's view and what is being done on it. It draws nothing: `onchange` is told when the points must be painted anew
 * (`points`) and when only what lies over them must.
 */
export class MapController implements GestureTarget {
  view: Limits = { left: -1, right: 1, bottom: -1, top: 1 };
  size: Size = { width: 0, height: 0 };
  tool: MapTool = 'pan';
  visible: Uint8Array | undefined;
  /** What is being drawn. */
  outline: Corners = [];
  crosshair: { readonly x: number; readonly y: number } | undefined;
  hovered: number | undefined;

  #points: MapColumns = { x: new Float32Array(0), y: new Float32Array(0) };
  #all = this.#points;
  #limits: Limits = innerLimits(this.#points);
  #index: PointIndex | undefined;
  #equal = true;
  #margin = MARGIN;
  /** Whether the person has not moved the view: it then follows the points. */
  #whole = true;
  #keyed = false;
  readonly #listener: MapListener;
  readonly #onchange: (what: 'points' | 'overlay') => void;

  constructor(listener: MapListener, onchange: (what: 'points' | 'overlay') => void) {
    this.#listener = listener;
    this.#onchange = onchange;
  }

  get points(): MapColumns {
    return this.#points;
  }

  /**
   * `limits` stand in for the points' own, so that a replayed map does not breathe from epoch to epoch; `all` are the points with what
   * is drawn behind them, which is to be seen too.
   */
  setPoints(points: MapColumns, equal: boolean, limits?: Limits, all = points): void {
    const other = this.#points.x.length !== points.x.length;
    this.#points = points;
    this.#all = all;
    this.#index = undefined;
    this.#limits = limits ?? innerLimits(all);
    if (other || equal !== this.#equal) this.#whole = true;
    this.#equal = equal;
    if (this.#whole) this.fit();
    else this.#onchange('points');
  }

  setSize(size: Size): void {
    const before = this.size;
    this.size = size;
    if (this.#whole) return this.fit();
    this.#show(resized(this.view, before, size));
  }

  /** Kept free around all points, in CSS pixels. */
  setMargin(margin: number): void {
    if (margin === this.#margin) return;
    this.#margin = margin;
    if (this.#whole) this.fit();
  }

  follow(request: MapRequest): void {
    if (request.kind === 'fit') this.fit();
    else if (request.kind === 'everything') this.showEverything();
    else if (request.kind === 'zoom') this.zoom(request.factor, undefined);
    else this.showLimits(request.limits);
  }

  /** Shows these limits, both axes stretched as need be; nothing that cannot be drawn. */
  showLimits(limits: Limits): void {
    this.#whole = false;
    this.#show(fitted(limits, this.size, this.#equal, 0));
  }

  /** Whether the view is the one that follows the points. */
  get isFitted(): boolean {
    return this.#whole;
  }

  /** Shows the outlying points too. */
  showEverything(): void {
    this.#whole = false;
    this.#show(fitted(limitsOf(this.#all), this.size, this.#equal, this.#margin));
  }

  fit(): void {
    this.#whole = true;
    this.view = fitted(this.#limits, this.size, this.#equal, this.#margin);
    this.#listener.onview(this.view);
    this.#onchange('points');
  }

  /** Makes the points ready to be found, so that the first to be pointed at is found as fast as the others. */
  prepare(): void {
    this.#indexed();
  }

  /** The visible points in view, nothing when there are more than `most`. */
  inView(most: number): readonly number[] {
    return this.#indexed().within(this.view, most, this.visible);
  }

  dragKind(): DragKind {
    return this.tool === 'pan' ? 'pan' : 'draw';
  }

  hover(at: Place | undefined): void {
    this.#keyed = false;
    this.crosshair = undefined;
    if (!at) return this.#point(undefined, undefined);
    const place = this.#toPlane(at);
    this.#point(this.#nearestTo(place), place);
  }

  click(at: Place): void {
    this.hover(at);
    if (this.tool === 'path') return this.#extendPath(this.#toPlane(at));
    if (this.hovered !== undefined) this.#listener.onpin(this.hovered);
    else if (this.tool !== 'pan') this.#listener.onclear();
  }

  pan(dx: number, dy: number): void {
    this.#whole = false;
    this.#show(moved(this.view, -dx / this.size.width, dy / this.size.height));
  }

  zoom(factor: number, at: Place | undefined): void {
    const middle = { x: (this.view.left + this.view.right) / 2, y: (this.view.bottom + this.view.top) / 2 };
    const next = zoomed(this.view, factor, at ? this.#toPlane(at) : (this.crosshair ?? middle));
    if (!isReachable(next, this.#limits)) return;
    this.#whole = false;
    this.#show(next);
  }

  drawFrom(at: Place): void {
    this.outline = [this.#toPlane(at)];
  }

  drawTo(at: Place): void {
    const to = this.#toPlane(at);
    const from = this.outline[0];
    if (!from) return;
    if (this.tool === 'rectangle') this.outline = [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }];
    else if (this.#legTo(to) >= LEAST_LEG) this.outline = [...this.outline, to];
    this.#onchange('overlay');
  }

  drawn(joining: Joining): void {
    const corners = this.outline;
    this.outline = [];
    if (this.tool === 'path') this.#listener.onpath(corners);
    else this.#listener.onenclose(corners, joining);
    this.#onchange('overlay');
  }

  dropDrawing(): void {
    this.outline = [];
    this.#onchange('overlay');
  }

  escape(): void {
    if (this.outline.length > 0) this.outline = [];
    else if (this.crosshair || this.hovered !== undefined) {
      this.crosshair = undefined;
      this.#point(undefined, undefined);
    } else this.#listener.onclear();
    this.#onchange('overlay');
  }

  step(direction: Direction): void {
    const { x, y } = this.#points;
    const middle = { x: (this.view.left + this.view.right) / 2, y: (this.view.bottom + this.view.top) / 2 };
    const from = this.hovered === undefined ? undefined : { x: x[this.hovered]!, y: y[this.hovered]! };
    const unit = this.#unit();
    const whole = { x: unit.x * this.size.width, y: unit.y * this.size.height };
    const next = from
      ? this.#indexed().towards(from, direction, this.view, unit, this.visible)
      : this.#indexed().nearest(middle.x, middle.y, whole, this.visible);
    if (next === undefined) return;
    const place = { x: x[next]!, y: y[next]! };
    this.#keyed = true;
    this.crosshair = place;
    this.#point(next, place);
  }

  moveCrosshair(dx: number, dy: number): void {
    const from = this.crosshair ?? {
      x: (this.view.left + this.view.right) / 2,
      y: (this.view.bottom + this.view.top) / 2,
    };
    const unit = this.#unit();
    this.#keyed = true;
    this.crosshair = { x: from.x + dx * unit.x, y: from.y - dy * unit.y };
    this.#point(this.#nearestTo(this.crosshair), this.crosshair);
  }

  /** Pins the point pointed at; with a tool that draws, sets a corner at the crosshair. */
  enter(): void {
    if (this.tool === 'pan' || !this.crosshair) {
      if (this.hovered !== undefined) this.#listener.onpin(this.hovered);
      return;
    }
    if (this.tool === 'path') return this.#extendPath(this.crosshair);
    this.outline = [...this.outline, this.crosshair];
    this.#onchange('overlay');
  }

  finish(joining: Joining): void {
    const [first, last] = [this.outline[0], this.outline.at(-1)];
    if (!first || !last) return;
    if (this.tool === 'rectangle') this.outline = [first, { x: last.x, y: first.y }, last, { x: first.x, y: last.y }];
    this.drawn(joining);
  }

  /** Whether the keyboard moves the crosshair: it is drawn then. */
  get showsCrosshair(): boolean {
    return this.#keyed && this.crosshair !== undefined;
  }

  #path: Corners = [];

  /** The path as the person's other means have left it. */
  setPath(path: Corners): void {
    this.#path = path;
    this.#onchange('overlay');
  }

  #extendPath(at: { readonly x: number; readonly y: number }): void {
    this.#listener.onpath([...this.#path, at]);
  }

  #point(index: number | undefined, at: { readonly x: number; readonly y: number } | undefined): void {
    this.hovered = index;
    this.#listener.onhover(index, at);
    this.#onchange('overlay');
  }

  #nearestTo({ x, y }: { readonly x: number; readonly y: number }): number | undefined {
    const unit = this.#unit();
    return this.#indexed().nearest(x, y, { x: REACH * unit.x, y: REACH * unit.y }, this.visible);
  }

  #legTo(to: { readonly x: number; readonly y: number }): number {
    const from = this.outline.at(-1)!;
    const unit = this.#unit();
    return Math.hypot((to.x - from.x) / unit.x, (to.y - from.y) / unit.y);
  }

  #show(view: Limits): void {
    this.view = view;
    this.#listener.onview(view);
    this.#onchange('points');
  }

  /** Made when it is first asked for: a map that plays is not asked. */
  #indexed(): PointIndex {
    return (this.#index ??= new PointIndex(this.#points));
  }

  /** A CSS pixel in the plane's units. */
  #unit() {
    const { left, right, bottom, top } = this.view;
    return { x: (right - left) / Math.max(1, this.size.width), y: (top - bottom) / Math.max(1, this.size.height) };
  }

  #toPlane({ x, y }: Place) {
    return toPlane(transformOf(this.view, this.size), x, y);
  }
}
