import { encodePng } from '../../files/png.ts';
import {
  FIGURE_FONT,
  HALO,
  short,
  type Figure,
  type ImageStroke,
  type PathStroke,
  type Stroke,
  type TextStroke,
} from './figure.ts';

/** The figure as an SVG file: white paper, texts as texts, lines and points as paths, pictures as PNG inside it. */
export function figureSvg({ width, height, strokes }: Figure): string {
  const [w, h] = [short(width), short(height)];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" ` +
    `width="${w}" height="${h}" font-family="${FIGURE_FONT}">\n` +
    `<rect width="100%" height="100%" fill="#ffffff"/>\n${strokes.map(element).join('\n')}\n</svg>\n`
  );
}

function element(stroke: Stroke): string {
  switch (stroke.kind) {
    case 'path':
      return pathElement(stroke);
    case 'text':
      return textElement(stroke);
    case 'image':
      return imageElement(stroke);
  }
}

function pathElement({ d, fill = 'none', stroke = 'none', width = 1, dash, round, opacity }: PathStroke): string {
  const more = [
    ...(dash && dash.length > 0 ? [`stroke-dasharray="${dash.join(' ')}"`] : []),
    ...(round ? ['stroke-linecap="round" stroke-linejoin="round"'] : []),
    ...(opacity === undefined ? [] : [`opacity="${Number(opacity.toFixed(3))}"`]),
  ];
  return `<path ${[`d="${d}" fill="${fill}" stroke="${stroke}" stroke-width="${short(width)}"`, ...more].join(' ')}/>`;
}

function textElement({ text, x, y, size, bold, anchor, fill, upwards, halo }: TextStroke): string {
  const place = `x="${short(x)}" y="${short(y)}"`;
  const more = [
    ...(bold ? ['font-weight="700"'] : []),
    ...(upwards ? [`transform="rotate(-90 ${short(x)} ${short(y)})"`] : []),
    ...(halo ? [`stroke="#ffffff" stroke-width="${2 * HALO}" stroke-linejoin="round" paint-order="stroke"`] : []),
  ];
  const attributes = [place, `font-size="${size}" text-anchor="${anchor}" fill="${fill}"`, ...more].join(' ');
  return `<text ${attributes}>${escaped(text)}</text>`;
}

function imageElement({ image, x, y, width, height }: ImageStroke): string {
  const place = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
  const pixels = width >= image.width ? ' style="image-rendering:pixelated"' : '';
  const data = `data:image/png;base64,${base64(encodePng(image))}`;
  return `<image ${place} preserveAspectRatio="none"${pixels} href="${data}"/>`;
}

/** Control characters but tab and line ends have no place in XML. */
const escaped = (text: string) =>
  text
    // eslint-disable-next-line no-control-regex -- they are what must go
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '�')
    .replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
