import * as v from 'valibot';
import { IdSchema } from '../domain/ids.ts';
import { PathSchema } from './files.ts';
import type { FoundPython } from './pythons.ts';

const Nothing = v.strictObject({});

/** Whose graphics card PyTorch's build is for. */
export const torchBuilds = ['cuda', 'rocm', 'xpu', 'mps', 'cpu'] as const;
export type TorchBuild = (typeof torchBuilds)[number];

/** Left out: the one that fits the card that was found. */
const Build = v.strictObject({ build: v.exactOptional(v.picklist(torchBuilds)) });

/** What a window asks of this computer's graphics card, and of the Pythons that reach it. Those that are known have ids. */
export const torchRequests = {
  /** What is known; nothing is looked for. */
  'torch:read': Nothing,
  /** Looks for Pythons; each is told as it is found. */
  'torch:look': Nothing,
  'torch:choose': v.strictObject({ python: IdSchema }),
  /** Asks the person for one, by the system's own dialog; nothing changes where that is cancelled. */
  'torch:browse': Nothing,
  /** Looks at one that the person has typed: a program that is named as Python is, or the folder of an environment. */
  'torch:add': v.strictObject({ path: PathSchema }),
  /** What making an environment of the app's own would take. Changes nothing. */
  'torch:plan': Build,
  /** Makes it; how far that has come is told by `torch:changed`. */
  'torch:make': Build,
  /** Ends the making, and leaves nothing of it. */
  'torch:cancel': Nothing,
} as const;

/** Host → engine only: the Python that trains, before each run that it is to train. */
export const torchEngineRequests = {
  'engine:trainee': v.strictObject({ python: PathSchema, sources: PathSchema }),
} as const;

export interface TorchAnswers {
  'torch:read': TorchState;
  'torch:look': TorchState;
  'torch:choose': TorchState;
  'torch:browse': TorchState;
  'torch:add': TorchState;
  'torch:plan': EnvironmentPlan;
  'torch:make': TorchState;
  'torch:cancel': TorchState;
}

export interface TorchEngineAnswers {
  'engine:trainee': Record<string, never>;
}

export interface TorchState {
  /** Those that were found, the able ones first. */
  readonly pythons: readonly (FoundPython & { readonly id: string })[];
  /** The one that trains. */
  readonly chosen?: string;
  /** It has been looked for them since the app was started. */
  readonly looked: boolean;
  readonly looking: boolean;
  /** An environment of the app's own is being made: of what is fetched the share, 0-1, and what goes on. */
  readonly making?: { readonly fraction: number; readonly message: string };
  /** Why the last making, or choosing, came to nothing. */
  readonly problem?: string;
}

export interface TorchEvents {
  'torch:changed': TorchState;
}

/** What making an environment takes. */
export interface EnvironmentPlan {
  readonly build: TorchBuild;
  /** Those that PyTorch has for this system. */
  readonly builds: readonly TorchBuild[];
  /** The card that was found. */
  readonly card?: string;
  /** Version of the Python that it is made of. */
  readonly python: string;
  readonly downloadBytes: number;
  readonly diskBytes: number;
  readonly freeBytes: number;
  readonly folder: string;
}
