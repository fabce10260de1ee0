import { ARTICLE_COSTS } from '../presets.ts';
import { isArticle, type ScriptPlan } from './script-plan.ts';

const COSTS_A_LINE = 7;

/**
 * The article's published costs as lines of a comment, for a script that has grown out of its experiment; else none.
 * @param mark what begins a comment
 */
export function articleCosts(plan: ScriptPlan, mark: '#' | '//'): string[] {
  if (!isArticle(plan)) return [];
  const costs = ARTICLE_COSTS.map((cost) => cost.toFixed(9));
  const lines = Array.from({ length: Math.ceil(costs.length / COSTS_A_LINE) }, (_, line) =>
    costs.slice(line * COSTS_A_LINE, (line + 1) * COSTS_A_LINE).join(' '),
  );
  return ['What the article printed, epoch by epoch (the average digit alone would have cost 0.0675):', ...lines].map(
    (line) => `${mark} ${line}`,
  );
}
