import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitmix } from '../../electron/domain/inspection/ranking.ts';
import { loadNormality, saveVerdict } from '../../electron/model/normality-file.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';
import { png } from '../engine-process/models/samples.ts';
import { cli, PROGRAM, started } from './run-cli.ts';

const data = new TemporaryFolder();
const at = (name: string): string => join(data.path, name);
const random = splitmix(3);

const SIDE = 24;
/** A wave with a little noise; with a bright spot where `odd`. */
const picture = (odd: boolean): Promise<Uint8Array> =>
  png(SIDE, SIDE, (x, y) => {
    const spot = odd && x >= 9 && x < 15 && y >= 4 && y < 10 ? 110 : 0;
    return Math.min(255, Math.round(90 + 40 * Math.sin(x / 3) + 10 * random() + spot));
  });

interface Line {
  readonly name: string;
  readonly group: string;
  readonly verdict: 'odd' | 'normal';
  readonly score: number;
  readonly threshold: number;
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

beforeAll(async () => {
  for (const folder of ['cells/train/good', 'cells/test/good', 'cells/test/crack', 'belt'])
    mkdirSync(at(folder), { recursive: true });
  for (let index = 0; index < 40; index += 1) writeFileSync(at(`cells/train/good/${index}.png`), await picture(false));
  writeFileSync(at('cells/test/good/0.png'), await picture(false));
  writeFileSync(at('cells/test/crack/0.png'), await picture(true));
});
afterAll(() => data[Symbol.dispose]());

describe('odd pictures are found from the command line', () => {
  it('in one go: normal ones are trained on, the others get a verdict, and their folders say how good it is', async () => {
    const given = ['--normal', at('cells'), '--out', at('out'), '--data', at('data')];
    const { stdout, stderr, code } = await started('odd-ones', ...given, '--epochs', '1');
    expect(stderr).toContain('would be called odd');
    // At least one is odd.
    expect(code).toBe(2);
    const lines = linesOf(stdout);
    expect(lines.map(({ name, group, verdict }) => [name, group, verdict])).toEqual([
      ['test/crack/0.png', 'test/crack', 'odd'],
      ['test/good/0.png', 'test/good', 'normal'],
    ]);
    expect(stderr).toContain(`test/crack: 1 of 1 odd
test/good: 0 of 1 odd
By the folders’ names: caught 1 of 1 odd ones, 0 of 1 normal ones called odd; AUROC 1.000 (95 %: 1.000 to 1.000).
1 odd, 1 normal, 0 could not be read
`);
    expect(readFileSync(join(at('out'), 'verdicts.jsonl'), 'utf8')).toBe(stdout);
    expect(readdirSync(at('out')).filter((name) => name.endsWith('-mask.png'))).toHaveLength(1);
  });

  it('large ones by tiles, in the part of the picture that is named', async () => {
    const [run = ''] = readdirSync(at('data/runs'));
    const large = (spot: boolean): Promise<Uint8Array> =>
      png(3 * SIDE, 2 * SIDE, (x, y) => {
        const bright = spot && x >= 33 && x < 39 && y >= 28 && y < 34 ? 110 : 0;
        return Math.min(255, Math.round(90 + 40 * Math.sin((x % SIDE) / 3) + 10 * random() + bright));
      });
    mkdirSync(at('large'));
    writeFileSync(at('large/spot.png'), await large(true));
    writeFileSync(at('large/small.png'), await picture(false).then(() => png(10, 10, () => 90)));
    const inspect = (...options: string[]) => cli('inspect', run, at('large'), '--data', at('data'), ...options);
    const { code, stdout, stderr } = await inspect('--out', at('tiles'), '--tiles', String(SIDE), '--score', 'pieces');
    expect([code, stderr.includes('the threshold rises with their number')]).toEqual([2, true]);
    const lines = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find(({ name }) => name === 'small.png')).toMatchObject({
      problem: `Tiles: expected at least ${SIDE} × ${SIDE} pixels, found 10 × 10.`,
    });
    const spot = lines.find(({ name }) => name === 'spot.png')!;
    expect(spot).toMatchObject({ verdict: 'odd', tiles: 12, kind: 'pieces' });
    const boxes = spot['boxes'] as { left: number; top: number; width: number; height: number }[];
    expect(
      boxes.some((box) => box.left <= 36 && box.left + box.width > 36 && box.top <= 31 && box.top + box.height > 31),
    ).toBe(true);
    // Settled in the window for tiles of this size: it holds here too, and says nothing of whole pictures.
    const folder = at(`data/runs/${run}/model/best`);
    const { verdict } = (await loadNormality(folder))!;
    await saveVerdict(folder, { score: 'pieces', threshold: 1e6, tiles: SIDE });
    const settled = await inspect('--out', at('settled'), '--tiles', String(SIDE));
    expect([settled.code, linesOf(settled.stdout).find(({ name }) => name === 'spot.png')?.threshold]).toEqual([
      0, 1e6,
    ]);
    expect(settled.stderr).toContain(`by tiles of ${SIDE} pixels, odd above 1.000e+6.\n`);
    const whole = await inspect('--out', at('settled'));
    expect(linesOf(whole.stdout)[0]?.threshold).toBeLessThan(1e5);
    // A threshold that was moved is not the one of which it is known how many false alarms it gives.
    await saveVerdict(folder, { score: 'pieces', threshold: 1e6 });
    expect((await inspect('--out', at('settled'))).stderr).toContain('odd above 1.000e+6.\n');
    await saveVerdict(folder, verdict);
    for (const wrong of [
      ['--region', '10,20,95,10'],
      ['--tiles', '3'],
      ['--tiles', '24', '--region', '0,0,50,50'],
    ]) {
      expect((await inspect('--out', at('tiles'), ...wrong)).code).toBe(1);
    }
  });

  it('as they come into a folder, each once, also after a restart', async () => {
    const [run = ''] = readdirSync(at('data/runs'));
    // What is written there lies in the watched folder, beside one that is called almost so.
    const seen = at('belt/seen');
    const watch = () => {
      const given = [PROGRAM, 'inspect', run, at('belt'), '--watch', '--out', seen, '--data', at('data')];
      const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return {
        next: async (): Promise<Line> => JSON.parse((await lines.next()).value as string) as Line,
        stop: async (): Promise<unknown> => {
          child.kill('SIGINT');
          const [code] = (await once(child, 'exit')) as [number];
          return code;
        },
      };
    };
    writeFileSync(at('belt/first.png'), await picture(false));
    const first = watch();
    expect(await first.next()).toMatchObject({ name: 'first.png', verdict: 'normal' });
    writeFileSync(at('belt/second.png'), await picture(true));
    expect(await first.next()).toMatchObject({ name: 'second.png', verdict: 'odd' });
    // What holds no picture is told, and ends nothing.
    writeFileSync(at('belt/log.csv'), 'time,place\n1,2\n');
    expect(await first.next()).toMatchObject({
      name: 'log.csv',
      problem: expect.stringMatching(/^expected/) as string,
    });
    mkdirSync(at('belt/seen-later'));
    const pages = zipSync({ 'a.png': await picture(false), 'crack/b.png': await picture(true) });
    writeFileSync(at('belt/seen-later/pages.zip'), pages);
    expect(await first.next()).toMatchObject({ name: 'seen-later/pages.zip/a.png', group: 'seen-later/pages.zip' });
    expect(await first.next()).toMatchObject({
      name: 'seen-later/pages.zip/crack/b.png',
      group: 'seen-later/pages.zip/crack',
      verdict: 'odd',
    });
    expect(await first.stop()).toBe(2);
    // Of those that are there now, only the new one is told.
    renameSync(at('belt/first.png'), at('belt/renamed.png'));
    writeFileSync(at('belt/third.png'), await picture(false));
    const again = watch();
    expect(await again.next()).toMatchObject({ name: 'third.png', verdict: 'normal' });
    expect(await again.stop()).toBe(0);
    expect(linesOf(readFileSync(join(seen, 'verdicts.jsonl'), 'utf8')).map(({ name }) => name)).toEqual([
      'first.png',
      'second.png',
      'log.csv',
      'seen-later/pages.zip/a.png',
      'seen-later/pages.zip/crack/b.png',
      'third.png',
    ]);
  });

  it('not where what is written would be checked as pictures, nor in a file that cannot be watched', async () => {
    const [run = ''] = readdirSync(at('data/runs'));
    const inspect = async (...given: readonly string[]): Promise<string> => {
      const { code, stderr } = await cli('inspect', run, ...given, '--data', at('data'));
      return `${code} ${stderr}`;
    };
    expect(await inspect(at('cells/test'), '--out', at('cells/test/verdicts'))).toMatch(
      /^1 .*--out: expected a folder outside .*test, /,
    );
    expect(await inspect(at('belt'), '--watch', '--out', at('belt'))).toMatch(
      /^1 .*--out: expected a folder other than /,
    );
    expect(await inspect(at('cells/test/good/0.png'), '--watch', '--out', at('seen'))).toMatch(
      /^1 .*--watch: expected one folder, found the file .*0\.png/,
    );
    const oddOnes = (...given: readonly string[]) => cli('odd-ones', ...given, '--data', at('data'));
    const [normal, checked] = [at('cells/train/good'), at('cells/test')];
    expect(await oddOnes('--normal', normal, '--check', checked, '--out', join(normal, 'out'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('outside') as string,
    });
    expect(await oddOnes('--normal', normal, '--out', at('none'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`--check: expected it, for all pictures of ${normal} are trained on.`) as string,
    });
    expect(readdirSync(at('data/runs'))).toHaveLength(1);
  });
});
