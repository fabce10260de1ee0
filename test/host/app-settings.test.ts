import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { AppSettings } from '../../electron/host/app-settings.ts';
import { engineEnvironment, trainingEnvironment } from '../../electron/host/engine-environment.ts';
import { TemporaryFolder } from '../dataset/idx-bytes.ts';

async function opened(dataFolder: string, threads?: number) {
  const reports: string[] = [];
  const report = (problem: string) => void reports.push(problem);
  const given = threads === undefined ? {} : { threads };
  return { reports, settings: await AppSettings.open({ dataFolder, report, cores: 4, ...given }) };
}

describe('the settings', () => {
  test('are the defaults before one was changed, and make no file', async () => {
    using data = new TemporaryFolder();
    const { settings, reports } = await opened(data.path);
    expect(settings.answer()).toEqual({ settings: {}, cores: 4 });
    expect(reports).toEqual([]);
    await expect(readFile(join(data.path, 'settings.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('are kept', async () => {
    using data = new TemporaryFolder();
    await (await opened(data.path)).settings.change({ threads: 3 });
    const text = await readFile(join(data.path, 'settings.json'), 'utf8');
    expect(JSON.parse(text)).toEqual({ version: 1, threads: 3 });
    const { settings } = await opened(data.path);
    expect(settings.current).toEqual({ threads: 3 });
    await settings.change({ threads: null });
    expect((await opened(data.path)).settings.current).toEqual({});
  });

  test('changed by two at once are all kept', async () => {
    using data = new TemporaryFolder();
    const { settings } = await opened(data.path);
    await Promise.all([
      settings.change({ theme: 'dark', threads: 2 }),
      settings.change({ zoom: 150 }),
      settings.change({ threads: null, errorUnit: 'squared-error' }),
    ]);
    const all = { theme: 'dark', zoom: 150, errorUnit: 'squared-error' };
    expect(settings.current).toEqual(all);
    expect((await opened(data.path)).settings.current).toEqual(all);
  });

  test('given on the command line count until they are changed, and are not kept', async () => {
    using data = new TemporaryFolder();
    await (await opened(data.path)).settings.change({ threads: 3 });
    const { settings } = await opened(data.path, 1);
    expect(settings.current).toEqual({ threads: 1 });
    expect((await opened(data.path)).settings.current).toEqual({ threads: 3 });
    await settings.change({ theme: 'dark' });
    expect((await opened(data.path)).settings.current).toEqual({ threads: 3, theme: 'dark' });
    await settings.change({ threads: 2 });
    expect(settings.current).toEqual({ threads: 2, theme: 'dark' });
    expect((await opened(data.path)).settings.current).toEqual({ threads: 2, theme: 'dark' });
  });

  test.each([
    ['', 'expected JSON, found text that is not JSON.'],
    ['{}', 'version must be given, found none.'],
    ['{"version": 2}', 'version must be 1, found 2.'],
    ['{"version": 1, "threads": 0}', 'threads must be at least 1, found 0.'],
    ['{"version": 1, "threads": 1.5}', 'threads must be a whole number, found 1.5.'],
    ['{"version": 1, "threads": "2"}', 'threads must be number, found "2".'],
    ['{"version": 1, "colour": "red"}', 'colour must not be given: there is no such field.'],
    ['{"version": 1, "threads": 5}', "threads must be at most 4, this machine's cores, found 5."],
  ])('of a file %j are the defaults, and what is wrong is reported', async (text, message) => {
    using data = new TemporaryFolder();
    const path = join(data.path, 'settings.json');
    await writeFile(path, text);
    const { settings, reports } = await opened(data.path);
    const problem = `${path}: ${message} The defaults are used until a setting is changed.`;
    expect(settings.answer()).toEqual({ settings: {}, cores: 4, problem });
    expect(reports).toEqual([problem]);
    await settings.change({ threads: 2 });
    expect(settings.answer()).toEqual({ settings: { threads: 2 }, cores: 4 });
    expect((await opened(data.path)).reports).toEqual([]);
  });

  test('that do not fit this machine are refused, and nothing changes', async () => {
    using data = new TemporaryFolder();
    const { settings } = await opened(data.path);
    await settings.change({ threads: 2 });
    await expect(settings.change({ threads: 5 })).rejects.toMatchObject({
      code: 'bad-request',
      message: "settings:change: threads must be at most 4, this machine's cores, found 5.",
    });
    expect((await opened(data.path)).settings.current).toEqual({ threads: 2 });
  });

  test('that cannot be written do not count', async () => {
    using data = new TemporaryFolder();
    const folder = data.write('a-file', '');
    const { settings, reports } = await opened(folder);
    const unread = expect.stringContaining('settings.json: the file cannot be read.');
    expect(reports).toEqual([unread]);
    await expect(settings.change({ threads: 2 })).rejects.toMatchObject({ message: unread });
    expect(settings.current).toEqual({});
  });
});

describe('the engine’s environment', () => {
  test('names both of TensorFlow’s numbers of threads', () => {
    expect(engineEnvironment(3)).toMatchObject({ TF_NUM_INTRAOP_THREADS: '3', TF_NUM_INTEROP_THREADS: '3' });
  });

  test('asks for oneDNN where it trains, unless the person’s own environment says something of it', () => {
    try {
      vi.stubEnv('TF_ENABLE_ONEDNN_OPTS', undefined);
      expect(trainingEnvironment(3)).toEqual({ ...engineEnvironment(3), TF_ENABLE_ONEDNN_OPTS: '1' });
      expect(engineEnvironment(3)).not.toHaveProperty('TF_ENABLE_ONEDNN_OPTS');
      vi.stubEnv('TF_ENABLE_ONEDNN_OPTS', '0');
      expect(trainingEnvironment(3)).toEqual(engineEnvironment(3));
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('keeps what the person’s own environment says, and counts the cores where that is no number', () => {
    const { env } = process;
    const before = env['TF_NUM_INTRAOP_THREADS'];
    try {
      env['TF_NUM_INTRAOP_THREADS'] = '7';
      expect(engineEnvironment()).toMatchObject({ TF_NUM_INTRAOP_THREADS: '7', TF_NUM_INTEROP_THREADS: '7' });
      env['TF_NUM_INTRAOP_THREADS'] = 'many';
      expect(Number(engineEnvironment()['TF_NUM_INTRAOP_THREADS'])).toBeGreaterThan(0);
    } finally {
      delete env['TF_NUM_INTRAOP_THREADS'];
      if (before !== undefined) env['TF_NUM_INTRAOP_THREADS'] = before;
    }
  });
});
