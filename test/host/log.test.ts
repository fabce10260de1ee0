import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withoutPrivateWords } from '../../electron/host/diagnostics.ts';
import { LogFile } from '../../electron/host/log-file.ts';
import { logWords } from '../../electron/host/log-words.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

const now = () => new Date('2026-11-25T12:00:00Z');

describe('the log', () => {
  it('has a line with its time for each thing said, and begins a new file when it is full', () => {
    using data = new TemporaryFolder();
    const log = new LogFile(data.path, { mostBytes: 140, now });
    expect(log.lastLines(5)).toEqual([]);
    log.add('The first.');
    log.add('The second,\nof two lines.');
    log.add('The third.');
    expect(log.lastLines(1)).toEqual(['2026-11-25T12:00:00.000Z The third.']);
    log.add('x'.repeat(60));
    expect(readdirSync(log.folder).sort()).toEqual(['studio.1.log', 'studio.log']);
    const older = readFileSync(join(log.folder, 'studio.1.log'), 'utf8');
    expect(older + readFileSync(join(log.folder, 'studio.log'), 'utf8')).toContain('  of two lines.\n');
    log.add('y'.repeat(60));
    expect(readdirSync(log.folder)).toHaveLength(2);
  });

  it('is done without where it cannot be written', () => {
    using data = new TemporaryFolder();
    const log = new LogFile(data.write('a-file', ''), { now });
    log.add('Nobody reads this.');
    expect(log.lastLines(1)).toEqual([]);
  });

  it('keeps how runs begin and end, and not their names', () => {
    expect(logWords('run:ended', { runId: 'a-1', status: 'failed', problem: 'No room.' })).toBe(
      'The run a-1 has ended: failed. No room.',
    );
    expect(logWords('engine:state-changed', { kind: 'ready', tensorflow: '2.21.0', threads: 4 })).toBe(
      'The engine is ready: TensorFlow 2.21.0, threads: 4.',
    );
    expect(logWords('runs:changed', {})).toBeUndefined();
  });
});

describe('private words', () => {
  const person = { home: '/home/annabel', user: 'annabel' };

  it.each([
    ['Runs: 3; image sets: 2', 'Runs: 3; image sets: 2'],
    ['/home/annabel/Pictures/my cat.png: not a picture.', '<path>.png: not a picture.'],
    ['In "/data/Secret project/runs/a-1/metrics.jsonl", line 3.', 'In "<path>.jsonl", line 3.'],
    ['C:\\Users\\annabel\\x\\settings.json: torn.', '<path>.json: torn.'],
    ['at start (file:///home/annabel/app/out/main/index.js:10:5)', 'at start (<path>.js:10:5)'],
    ['/home/annabel/.config/Autoencoder Studio/my.cat pics/a.png, line 2', '<path>.png, line 2'],
    ['annabel is here', '<user> is here'],
    ['312 steps/s, MSE 0.5', '312 steps/s, MSE 0.5'],
  ])('are taken out of %j', (text, reduced) => {
    expect(withoutPrivateWords(text, person)).toBe(reduced);
  });
});
