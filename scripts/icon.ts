// `node scripts/icon.ts`: draws resources/icon.png, which installers take, from icon.svg. Run it when the drawing has changed.
import { join } from 'node:path';
import sharp from 'sharp';
import { projectRoot } from './step.ts';

const SIDE = 512;
const DRAWN_SIDE = 16;
const POINTS_PER_INCH = 72;

const drawing = join(projectRoot, 'resources', 'icon.svg');
const picture = sharp(drawing, { density: (POINTS_PER_INCH * SIDE) / DRAWN_SIDE }).resize(SIDE, SIDE);
await picture.png({ palette: true, effort: 10 }).toFile(join(projectRoot, 'resources', 'icon.png'));
