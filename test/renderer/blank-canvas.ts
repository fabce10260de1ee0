/** A canvas in the document whose strokes go nowhere. */
export function blankCanvas(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const nothing: unknown = new Proxy(() => nothing, {
    get: (_, name) => (name === 'canvas' ? canvas : name === 'measureText' ? () => ({ width: 10 }) : nothing),
    set: () => true,
  });
  Object.assign(canvas, { getContext: () => nothing });
  document.body.append(canvas);
  return canvas;
}
