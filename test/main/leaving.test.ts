import { beforeEach, describe, expect, it } from 'vitest';
import { Leaving, type LeaveChoice } from '../../electron/main/leaving.ts';

let training = true;
let done: string[] = [];
let answer: (choice: LeaveChoice) => void = () => undefined;

const leaving = () =>
  new Leaving({
    isTraining: () => training,
    ask: () => {
      done.push('asked');
      return new Promise((resolve) => (answer = resolve));
    },
    hide: () => done.push('hidden'),
    quit: () => done.push('quit'),
  });

/** Whether leaving was prevented. */
function leave(from: Leaving): boolean {
  let prevented = false;
  from.onLeave({ preventDefault: () => (prevented = true) });
  return prevented;
}

async function answered(choice: LeaveChoice): Promise<void> {
  answer(choice);
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
}

beforeEach(() => {
  training = true;
  done = [];
});

describe('closing the window while a run trains', () => {
  it('asks nothing when nothing trains', () => {
    training = false;
    expect(leave(leaving())).toBe(false);
    expect(done).toEqual([]);
  });

  it('stays where the answer is to cancel, and asks again the next time', async () => {
    const window = leaving();
    expect(leave(window)).toBe(true);
    await answered('cancel');
    expect(done).toEqual(['asked']);
    expect(leave(window)).toBe(true);
    expect(done).toEqual(['asked', 'asked']);
  });

  it('asks once, however often it is closed meanwhile', () => {
    const window = leaving();
    leave(window);
    expect(leave(window)).toBe(true);
    expect(done).toEqual(['asked']);
  });

  it('saves and quits, and is not asked again by the quitting', async () => {
    const window = leaving();
    leave(window);
    await answered('save-and-quit');
    expect(done).toEqual(['asked', 'quit']);
    expect(leave(window)).toBe(false);
  });

  it('trains on out of sight, and quits when nothing trains any more', async () => {
    const window = leaving();
    leave(window);
    await answered('keep-training');
    window.onIdle();
    expect(done).toEqual(['asked', 'hidden']);
    training = false;
    window.onIdle();
    expect(done).toEqual(['asked', 'hidden', 'quit']);
  });

  it('stays open after the run where the window was shown again', async () => {
    const window = leaving();
    leave(window);
    await answered('keep-training');
    window.onShown();
    training = false;
    window.onIdle();
    expect(done).toEqual(['asked', 'hidden']);
  });

  it('quits where the run has ended before the answer', async () => {
    const window = leaving();
    leave(window);
    training = false;
    await answered('keep-training');
    expect(done).toEqual(['asked', 'quit']);
  });
});
