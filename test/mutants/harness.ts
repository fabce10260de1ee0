// Runs the tests of a module once for each change of its code, all in one process: beginning one anew would take longer than the tests.
import { beforeAll, beforeEach, describe, inject, it, onTestFailed, vi } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The changes, the first of which is none. */
    readonly mutants: readonly string[];
    /** Files whose tests are to notice them. */
    readonly tests: readonly string[];
  }
}

/** What the changed code asks: which change is in force, and how often it may be come by before it counts as one that never ends. */
interface Switch {
  activeMutant: string;
  hitCount: number;
  readonly hitLimit: number;
}

const HIT_LIMIT = 100_000;

const before: Switch = { activeMutant: '', hitCount: 0, hitLimit: HIT_LIMIT };
const active = Object.assign(globalThis, { __stryker__: before }).__stryker__;
const noticed = new Set<string>();

function change(mutant: string): void {
  active.activeMutant = mutant;
  active.hitCount = 0;
}

for (const mutant of inject('mutants')) {
  describe(mutant, async () => {
    beforeAll(() => change(mutant));
    beforeEach((context) => {
      if (noticed.has(mutant)) context.skip();
      onTestFailed(() => void noticed.add(mutant));
    });
    // What is done once when code is loaded may be changed too.
    change(mutant);
    vi.resetModules();
    try {
      for (const file of inject('tests')) await import(file);
    } catch (error) {
      it('is noticed when the code is loaded', () => {
        throw error;
      });
    }
  });
}
