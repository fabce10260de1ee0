import { markup, type Markup } from '../../../electron/domain/markup.ts';
import { picturePng } from '../../files/png.ts';
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
  const drawn = strokes.map((stroke) => markup`${element(stroke)}\n`);
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" font-family="${FIGURE_FONT}">
<rect width="100%" height="100%" fill="#ffffff"/>
${drawn}</svg>
`.toString();
}

function element(stroke: Stroke): Markup {
  switch (stroke.kind) {
    case 'path':
      return pathElement(stroke);
    case 'text':
      return textElement(stroke);
    case 'image':
      return imageElement(stroke);
  }
}

function pathElement({ d, fill = 'none', stroke = 'none', width = 1, dash, round, opacity }: PathStroke): Markup {
  const dashes = dash && dash.length > 0 ? markup` stroke-dasharray="${dash.join(' ')}"` : undefined;
  const ends = round ? markup` stroke-linecap="round" stroke-linejoin="round"` : undefined;
  const seeThrough = opacity === undefined ? undefined : markup` opacity="${Number(opacity.toFixed(3))}"`;
  return markup`<path d="${d}" fill="${fill}" stroke="${stroke}" stroke-width="${short(width)}"${dashes}${ends}${seeThrough}/>`;
}

function textElement({ text, x, y, size, bold, anchor, fill, upwards, halo }: TextStroke): Markup {
  const place = markup`x="${short(x)}" y="${short(y)}" font-size="${size}" text-anchor="${anchor}" fill="${fill}"`;
  const weight = bold ? markup` font-weight="700"` : undefined;
  const turned = upwards ? markup` transform="rotate(-90 ${short(x)} ${short(y)})"` : undefined;
  const outline = halo
    ? markup` stroke="#ffffff" stroke-width="${2 * HALO}" stroke-linejoin="round" paint-order="stroke"`
    : undefined;
  return markup`<text ${place}${weight}${turned}${outline}>${text}</text>`;
}

function imageElement({ image, x, y, width, height }: ImageStroke): Markup {
  const place = markup`x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
  const pixels = width >= image.width ? markup` style="image-rendering:pixelated"` : undefined;
  const data = `data:image/png;base64,${base64(picturePng(image))}`;
  return markup`<image ${place} preserveAspectRatio="none"${pixels} href="${data}"/>`;
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
