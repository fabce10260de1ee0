export const projectRoot: string;
export const nodePackages: Readonly<Record<string, string>>;

/** What of a process tells which Node it is. */
export interface NodeProcess {
  /** `typescript` is false, or absent, where TypeScript is not run as it is. */
  readonly features: { readonly typescript?: false | 'strip' | 'transform' };
  readonly execPath: string;
  readonly version: string;
  readonly platform: string;
  readonly arch: string;
}

export function suitableNode(running?: NodeProcess, root?: string): string | undefined;
export function noSuitableNode(running?: NodeProcess): string;
export function missingPackages(root?: string): string | undefined;
export function rerunOnSuitableNode(): void;
export function keepCompiled(): void;
