// `node scripts/icon.ts`: draws every icon installers take from icon.svg. Run it when the drawing has changed.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { icnsFile, icnsSizes, icoFile, icoSizes } from './package/icon-files.ts';
import { projectRoot } from './step.ts';

const LINUX_SIZES = [16, 24, 32, 48, 64, 128, 256, 512];
const DRAWN_SIDE = 16;
const POINTS_PER_INCH = 72;

const resources = join(projectRoot, 'resources');

async function draw(side: number): Promise<Buffer> {
  const density = (POINTS_PER_INCH * side) / DRAWN_SIDE;
  const picture = sharp(join(resources, 'icon.svg'), { density }).resize(side, side);
  return picture.png({ palette: true, effort: 10 }).toBuffer();
}

const sides = [...new Set([...LINUX_SIZES, ...icoSizes, ...icnsSizes])];
const pictures = new Map<number, Buffer>();
for (const side of sides) pictures.set(side, await draw(side));

await mkdir(join(resources, 'icons'), { recursive: true });
for (const side of LINUX_SIZES) {
  await writeFile(join(resources, 'icons', `${side}x${side}.png`), pictures.get(side)!);
}
await writeFile(join(resources, 'icon.png'), pictures.get(512)!);
await writeFile(join(resources, 'icon.ico'), icoFile(pictures));
await writeFile(join(resources, 'icon.icns'), icnsFile(pictures));
