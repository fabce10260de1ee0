import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { allPixels, heldOutPixels, trainingPixels } from './images.ts';
import type { Job } from './jobs.ts';
import type { Answer, Ask, CommandName, Contender, Reply } from './protocol.ts';

/** Steps after which the first loss is told; whoever compiles a longer loop runs that. */
const FIRST_STEPS = 20;

type Handlers = { readonly [Name in CommandName]?: (ask: Ask<Name>) => Promise<Answer<Name>> };

/** Answers the benchmark's commands for a TypeScript contender until `quit` or the end of stdin. */
export async function serve(contender: Contender): Promise<void> {
  await answerLines(handlersFor(contender));
}

/** Answers the commands that there are handlers for. */
export async function answerLines(handlers: Handlers): Promise<never> {
  // Whatever libraries print must not look like an answer.
  const answer = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  for await (const line of createInterface({ input: process.stdin })) {
    const { cmd, ...ask } = JSON.parse(line) as { cmd: CommandName };
    if (cmd === 'quit') break;
    const handle = (handlers[cmd] ?? unknownCommand) as (ask: object) => Promise<object>;
    const reply: Reply = await handle(ask).then(
      (value) => ({ ok: true as const, ...value }),
      (error: unknown) => ({ ok: false as const, message: String(error) }),
    );
    answer(`${JSON.stringify(reply)}\n`);
  }
  process.exit(0);
}

function unknownCommand(): Promise<never> {
  return Promise.reject(new Error('no such command here'));
}

function handlersFor(contender: Contender): Handlers {
  let encoded = false;
  return {
    async prepare({ job }) {
      encoded = false;
      const began = performance.now();
      await contender.prepare(job, await pixelsFor(job), false);
      const lastLoss = await contender.steps(Math.min(job.block, FIRST_STEPS));
      return { prepareSeconds: secondsSince(began), lastLoss, notes: contender.notes };
    },
    async steps({ count }) {
      const began = performance.now();
      const lastLoss = await contender.steps(count);
      return { seconds: secondsSince(began), lastLoss };
    },
    async encode({ side, channels }) {
      const pixels = await allPixels(side, channels);
      if (!encoded) await contender.encode(pixels);
      encoded = true;
      const began = performance.now();
      await contender.encode(pixels);
      return { seconds: secondsSince(began), count: pixels.length / (side * side * channels) };
    },
    memory: async () => ({ peakBytes: peakMemory() }),
    async timeToQuality({ job, target }) {
      await contender.prepare(job, await pixelsFor(job), true);
      const heldOut = await heldOutPixels();
      const stepsPerEpoch = Math.floor(job.images / job.training.batchSize);
      let epoch = 0;
      let validationMse = Infinity;
      while (validationMse > target && epoch < job.training.epochs) {
        await contender.steps(stepsPerEpoch);
        validationMse = await contender.validationMse(heldOut);
        epoch++;
      }
      return { reached: validationMse <= target, epoch, validationMse, notes: contender.notes };
    },
  };
}

function pixelsFor({ images, model }: Job): Promise<Uint8Array> {
  const [side, , channels] = model.inputShape;
  return trainingPixels(images, side, channels);
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1_000;
}

/** Bytes; from the kernel where it tells, because getrusage also counts the parent's pages before exec. */
export function peakMemory(): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (found) return Number(found[1]) * 1_024;
  } catch {
    // No /proc on this system.
  }
  return process.resourceUsage().maxRSS * 1_024;
}
