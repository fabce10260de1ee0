import type { Stroke } from './sketch.ts';

/** White paper with dark strokes, as a pen draws: what the model needs of it is made by the preparation. */
export function paintSketch(context: CanvasRenderingContext2D, strokes: readonly Stroke[]): void {
  const { width, height } = context.canvas;
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.strokeStyle = '#000000';
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const { width: line, points } of strokes) {
    const [first, ...rest] = points;
    if (!first) continue;
    context.lineWidth = line;
    context.beginPath();
    context.moveTo(first.x, first.y);
    // A dot is a line that ends where it began.
    for (const { x, y } of rest.length > 0 ? rest : [first]) context.lineTo(x, y);
    context.stroke();
  }
}

/** The paper as an encoded picture. */
export function paperPng(canvas: HTMLCanvasElement): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return new Promise((resolve) => {
    canvas.toBlob((blob) => {
      if (blob) void blob.arrayBuffer().then((buffer) => resolve(new Uint8Array(buffer)));
      else resolve(undefined);
    }, 'image/png');
  });
}
