import { describe, expect, it, vi } from 'vitest';
import type { HandedFile } from '../../../electron/contract/files.ts';
import { ExperimentFiles, experimentDrops } from '../../../renderer/experiment/experiment-files.svelte.ts';
import { FakeHost } from '../fake-host.ts';
import { articleExperiment } from '../samples.ts';

const file = (path: string): HandedFile => ({ path, file: new File(['{}'], path) });
const named = (name: string) => ({ ...articleExperiment, name });

function opened(host = new FakeHost()) {
  const taken: string[] = [];
  const files = new ExperimentFiles(host.api, ({ name }) => void taken.push(name));
  return { host, files, taken };
}

describe('experiments as files', () => {
  it('are put into the panel, further ones on demand, wrong ones named', async () => {
    const { host, files, taken } = opened();
    host.answers['files:release'] = () => ({});
    host.answers['experiment:open'] = ({ staged }) => {
      expect(staged).toBe('staged-1');
      return { experiments: [named('One'), named('Two')], problems: ['three.json: expected an experiment.'] };
    };
    await files.open(Promise.resolve([file('one.json'), file('two.json'), file('three.json')]));
    expect(taken).toEqual(['One']);
    expect(files.problems).toEqual(['three.json: expected an experiment.']);
    expect(files.others.map(({ name }) => name)).toEqual(['One', 'Two']);
    files.takeOther(files.others[1]!);
    expect(taken).toEqual(['One', 'Two']);
    expect(host.asked).toContain('files:release');
    expect(files.busy).toBe(false);
  });

  it('say why they could not be read', async () => {
    const { files, taken } = opened();
    await files.open(Promise.resolve([file('one.json')]));
    expect(files.problems).toEqual(['No answer for experiment:open.']);
    await files.open(Promise.reject(new Error('gone')));
    expect(files.problems).toHaveLength(1);
    expect(taken).toEqual([]);
  });

  it('say where they were saved, and that they were not', async () => {
    const { host, files } = opened();
    await files.save(articleExperiment);
    expect(files.said).toEqual({ text: 'Not saved: No answer for experiment:save.', failed: true });
    host.answers['experiment:save'] = () => ({ kind: 'saved', folder: '/tmp/a.json' });
    await files.save(articleExperiment);
    expect(files.said).toEqual({ text: 'Saved: /tmp/a.json', failed: false });
  });
});

describe('what is dropped on Train or Model', () => {
  const open = vi.fn(() => Promise.resolve());
  const otherwise = { offer: () => ({ title: 'An image set', hint: '' }), take: vi.fn() };
  const drops = experimentDrops({ open }, otherwise);

  it('is an experiment when it is a .json file, else an image set', async () => {
    drops.take(Promise.resolve([file('a.json')]));
    await vi.waitFor(() => expect(open).toHaveBeenCalledTimes(1));
    drops.take(Promise.resolve([file('a.json'), file('a.png')]));
    await vi.waitFor(() => expect(otherwise.take).toHaveBeenCalledTimes(1));
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('is said beforehand', () => {
    expect(drops.offer({ count: 2, pictures: 2 }).title).toBe('An image set');
    expect(drops.offer({ count: 1, pictures: 0 }).title).toBe('Take up what you hold');
  });
});
