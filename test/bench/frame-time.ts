// node test/bench/frame-time.ts [epochs]: what the window and the main process feel while the built app trains.
// Prints one JSON object; needs `npm run build` and a Chromium.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { temporaryFolder } from '../app/harness/app.ts';
import { launchStandIn, type StandInStudioApp } from '../app/harness/stand-in-app.ts';
import { StudioPage } from '../app/harness/studio-page.ts';
import type { LoopDelay } from './loop-delay.ts';
import { percentiles, rounded } from './percentiles.ts';
import { ScriptTrace } from './script-time.ts';

const epochs = Number(process.argv[2] ?? 5);
const loopDelayModule = new URL('./loop-delay.ts', import.meta.url).href;

async function readLoopDelay({ mainProcess }: StandInStudioApp): Promise<LoopDelay> {
  mainProcess.send({ kind: 'read-loop-delay' });
  for (;;) {
    const [message] = (await once(mainProcess, 'message')) as [{ kind: string; delay: LoopDelay }];
    if (message.kind === 'loop-delay') return message.delay;
  }
}

/** The most memory a process has had resident, in MB; Linux tells. */
async function peakMegabytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1_024);
}

async function measure(app: StandInStudioApp) {
  const studio = new StudioPage(app.page);
  await studio.type({ Epochs: epochs });
  await studio.trainButton.click();
  await studio.isTraining();
  app.mainProcess.send({ kind: 'start-loop-delay' });
  const trace = await ScriptTrace.start(app.page.context().browser()!);
  await studio.ends('finished');
  const frames = await trace.stop();
  const loop = await readLoopDelay(app);
  return {
    epochs,
    frames: frames.length,
    scriptMsPerFrame: percentiles(frames.map(({ wall }) => wall)),
    scriptMsPerFrameTheThreadRan: percentiles(frames.map(({ ran }) => ran)),
    mainLoopDelayMs: Object.fromEntries(Object.entries(loop).map(([name, value]) => [name, rounded(value as number)])),
    enginePeakMegabytes: await peakMegabytes(await app.enginePid()),
  };
}

const folder = await temporaryFolder();
const app = await launchStandIn({ dataFolder: folder.path, imports: [loopDelayModule] });
try {
  process.stdout.write(`${JSON.stringify(await measure(app), null, 2)}\n`);
} finally {
  await app.close();
  await folder.remove();
}
