// `npm run campaign`: kills training processes at random moments, again and again, and compares what their runs end with.
import { parseArgs } from 'node:util';
import { appCampaign } from './app-campaign.ts';
import { campaign } from './campaign.ts';
import { experiments, type ExperimentName } from './experiments.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
const names = Object.keys(experiments) as ExperimentName[];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const problems: string[] = [];
const parts = [...names, 'app'] as const;
for (const [index, part] of parts.entries()) {
  const share = Math.floor(kills / parts.length) + (index < kills % parts.length ? 1 : 0);
  if (share === 0) continue;
  const outcome =
    part === 'app'
      ? await appCampaign(share, seed + index, say)
      : await campaign({ experiment: part, kills: share, seed: seed + index }, say);
  problems.push(...outcome.problems);
  const verdict = outcome.problems.length === 0 ? 'all equal to one never interrupted, bit for bit' : 'see below';
  say(
    `${part}: ${outcome.kills} kills, ${outcome.resumed} times taken up, ${outcome.filesRead} files read and whole; ` +
      `weights, metrics and snapshots of ${outcome.runs} runs: ${verdict}`,
  );
}
for (const problem of problems) say(`PROBLEM: ${problem}`);
say(`${kills} kills with seed ${seed}: ${problems.length === 0 ? 'nothing lost' : `${problems.length} problems`}`);
process.exitCode = problems.length === 0 ? 0 : 1;
