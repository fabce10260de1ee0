import {
  FIGURE_FONT,
  HALO,
  type Figure,
  type ImageStroke,
  type PathStroke,
  type Stroke,
  type TextStroke,
} from './figure.ts';

type Context = OffscreenCanvasRenderingContext2D;

/** The figure as a PNG file on white, `density` pixels a unit. */
export async function figurePng({ width, height, density, strokes }: Figure): Promise<Blob> {
  const canvas = new OffscreenCanvas(Math.round(width * density), Math.round(height * density));
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(density, density);
  for (const stroke of strokes) {
    context.save();
    paint(context, stroke);
    context.restore();
  }
  return canvas.convertToBlob({ type: 'image/png' });
}

function paint(context: Context, stroke: Stroke): void {
  switch (stroke.kind) {
    case 'path':
      return paintPath(context, stroke);
    case 'text':
      return paintText(context, stroke);
    case 'image':
      return paintImage(context, stroke);
  }
}

function paintPath(context: Context, { d, fill, stroke, width = 1, dash = [], round, opacity = 1 }: PathStroke): void {
  const path = new Path2D(d);
  context.globalAlpha = opacity;
  if (fill !== undefined) {
    context.fillStyle = fill;
    context.fill(path);
  }
  if (stroke === undefined) return;
  context.strokeStyle = stroke;
  context.lineWidth = width;
  context.setLineDash([...dash]);
  if (round) {
    context.lineCap = 'round';
    context.lineJoin = 'round';
  }
  context.stroke(path);
}

function paintText(context: Context, { text, x, y, size, bold, anchor, fill, upwards, halo }: TextStroke): void {
  context.font = `${bold ? '700 ' : ''}${size}px ${FIGURE_FONT}`;
  context.textAlign = anchor === 'middle' ? 'center' : anchor;
  context.translate(x, y);
  if (upwards) context.rotate(-Math.PI / 2);
  if (halo) {
    context.strokeStyle = '#ffffff';
    context.lineWidth = 2 * HALO;
    context.lineJoin = 'round';
    context.strokeText(text, 0, 0);
  }
  context.fillStyle = fill;
  context.fillText(text, 0, 0);
}

function paintImage(context: Context, { image, x, y, width, height }: ImageStroke): void {
  const own = new OffscreenCanvas(image.width, image.height);
  own.getContext('2d')!.putImageData(new ImageData(image.data, image.width, image.height), 0, 0);
  // Enlarged pictures keep their pixels; shrunk ones are averaged.
  context.imageSmoothingEnabled = width < image.width;
  context.drawImage(own, x, y, width, height);
}
