import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { randomLcg } from 'd3-random';
import sharp from 'sharp';

/** Good ones to train on, and those to be checked. */
const GOOD = 160;
const CHECKED = 12;
const SIDE = 64;

export const faults = ['scratch', 'dent', 'no hole'] as const;
type Fault = (typeof faults)[number];

/**
 * Draws pictures of washers on a bench as SVG: good ones into `good/`, and good and faulty ones, named so, into `checked/`.
 * The same for the same seed.
 */
export async function drawWashers(folder: string, seed: number): Promise<void> {
  const random = randomLcg(seed / 100);
  await Promise.all(['good', 'checked'].map((name) => mkdir(join(folder, name), { recursive: true })));
  const write = (name: string, fault?: Fault) =>
    sharp(Buffer.from(washer(random, fault)))
      .png()
      .toFile(join(folder, `${name}.png`));
  for (let at = 0; at < GOOD; at++) await write(join('good', `washer-${String(at).padStart(3, '0')}`));
  for (let at = 0; at < CHECKED; at++) {
    const fault = at % 2 === 0 ? undefined : faults[Math.floor(at / 2) % faults.length];
    await write(join('checked', `${String(at).padStart(2, '0')}-${(fault ?? 'good').replace(' ', '-')}`), fault);
  }
}

function washer(random: () => number, fault: Fault | undefined): string {
  const around = (middle: number, reach: number) => middle + reach * (2 * random() - 1);
  const [x, y] = [around(32, 3), around(32, 3)];
  const [outer, hole] = [around(22, 1), around(9, 0.5)];
  const light = around(210, 14);
  const turn = around(0, 180);
  const grey = (value: number) => `rgb(${value} ${value} ${value + 6})`;
  const body = `<circle cx="${x}" cy="${y}" r="${outer}" fill="url(#metal)" stroke="${grey(light - 110)}"/>`;
  const bore = `<circle cx="${x}" cy="${y}" r="${hole}" fill="#6b4f34" stroke="${grey(light - 120)}"/>`;
  const faulty: Readonly<Record<Fault, string>> = {
    scratch: `<path d="M${x - 16} ${around(y - 12, 4)}L${x + 14} ${around(y + 14, 4)}" stroke="#2a2a30" stroke-width="1.6"/>`,
    dent: `<circle cx="${x + outer * 0.9}" cy="${y}" r="6" fill="#6b4f34"/>`,
    'no hole': '',
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}">
    <defs><linearGradient id="metal" gradientTransform="rotate(${turn} 0.5 0.5)">
      <stop offset="0" stop-color="${grey(light)}"/><stop offset="1" stop-color="${grey(light - 60)}"/>
    </linearGradient></defs>
    <rect width="64" height="64" fill="#6b4f34"/>${body}${fault === 'no hole' ? '' : bore}${fault ? faulty[fault] : ''}
  </svg>`;
}
