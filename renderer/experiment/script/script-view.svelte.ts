import { zipSync } from 'fflate';
import { toErrorData } from '../../../electron/domain/errors.ts';
import type { Experiment } from '../../../electron/domain/experiment.ts';
import type { ScriptDialectId } from '../../../electron/domain/training-script/dialects.ts';
import { scriptImages, type ImageSource } from '../../../electron/domain/training-script/script-plan.ts';
import { trainingScript, type TrainingScript } from '../../../electron/domain/training-script/training-script.ts';
import type { ImageSetSummary } from '../../../electron/domain/words.ts';
import { saveFile } from '../../window/save-file.ts';
import { lineChanges, type LineChanges } from './line-changes.ts';

/** A script, or why there is none. */
export type ShownScript =
  { readonly kind: 'script'; readonly script: TrainingScript } | { readonly kind: 'problem'; readonly message: string };

/** How a person looks at experiments as code: which dialect, and what they have seen of each. */
export class ScriptView {
  /** In Train and Model, beside the settings. */
  shown = $state(false);
  dialect = $state<ScriptDialectId>('keras');
  /** Chosen by the person; else as the image set is kept. */
  source = $state<ImageSource>();
  /** What was last looked at, by dialect. */
  #seen = $state.raw<Partial<Record<ScriptDialectId, string>>>({});

  /** The experiment in the chosen dialect. */
  scriptOf(experiment: Experiment, imageSet: ImageSetSummary): ShownScript {
    try {
      return { kind: 'script', script: trainingScript(experiment, scriptImages(imageSet, this.source), this.dialect) };
    } catch (error) {
      return { kind: 'problem', message: toErrorData(error).message };
    }
  }

  /** Where a script differs from what was last looked at in its dialect; from nothing where it never was. */
  changesIn(text: string): LineChanges {
    return lineChanges(this.#seen[this.dialect] ?? text, text);
  }

  /** The first look at a dialect: all of it is new, and so nothing is marked. */
  begin(text: string): void {
    if (this.#seen[this.dialect] === undefined) this.see(text);
  }

  /** The person has looked at this text. */
  see(text: string): void {
    this.#seen = { ...this.#seen, [this.dialect]: text };
  }
}

/** Hands the script to the person, with what it needs installed beside it. */
export function saveScript(script: TrainingScript, name: string): void {
  const entries = script.files.map((file) => [file.name, new TextEncoder().encode(file.text)] as const);
  const zip = zipSync(Object.fromEntries(entries));
  saveFile(`${name}.zip`, [zip], 'application/zip');
}
