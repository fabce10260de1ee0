/** The menus of the app; a command stands in one of them. */
export type MenuName = 'file' | 'edit' | 'view' | 'training' | 'help';

interface CommandWords {
  readonly id: string;
  readonly menu: MenuName;
  readonly name: string;
  /** "Mod+Shift+E", where Mod is the command key of a Mac and Ctrl elsewhere. */
  readonly keys?: string;
  /** Browsers use these keys themselves, so that they arrive in the desktop app only. */
  readonly browserKeeps?: true;
}

/**
 * All that a person may ask of the window by menu or shortcut. The desktop's menu, the shortcuts in a browser and the list under
 * Help are made of it.
 */
export const commands = [
  { id: 'new-experiment', menu: 'file', name: 'New experiment', keys: 'Mod+N', browserKeeps: true },
  { id: 'open-file', menu: 'file', name: 'Open experiment or run…', keys: 'Mod+O' },
  { id: 'save-experiment', menu: 'file', name: 'Save experiment…', keys: 'Mod+S' },
  { id: 'import-images', menu: 'file', name: 'Import images…', keys: 'Mod+I' },
  { id: 'export-model', menu: 'file', name: 'Export model…', keys: 'Mod+Shift+E' },
  { id: 'show-settings', menu: 'file', name: 'Settings…', keys: 'Mod+,' },
  { id: 'undo', menu: 'edit', name: 'Undo', keys: 'Mod+Z' },
  { id: 'redo', menu: 'edit', name: 'Redo', keys: 'Mod+Shift+Z' },
  { id: 'find-runs', menu: 'edit', name: 'Find runs', keys: 'Mod+F' },
  { id: 'go-data', menu: 'view', name: 'Data', keys: 'Mod+1', browserKeeps: true },
  { id: 'go-model', menu: 'view', name: 'Model', keys: 'Mod+2', browserKeeps: true },
  { id: 'go-train', menu: 'view', name: 'Train', keys: 'Mod+3', browserKeeps: true },
  { id: 'go-reconstruct', menu: 'view', name: 'Reconstruct', keys: 'Mod+4', browserKeeps: true },
  { id: 'go-odd', menu: 'view', name: 'Odd ones', keys: 'Mod+5', browserKeeps: true },
  { id: 'go-latent', menu: 'view', name: 'Latent', keys: 'Mod+6', browserKeeps: true },
  { id: 'go-runs', menu: 'view', name: 'Runs', keys: 'Mod+7', browserKeeps: true },
  { id: 'train', menu: 'training', name: 'Train', keys: 'Mod+Enter' },
  { id: 'pause', menu: 'training', name: 'Pause or resume', keys: 'Mod+Shift+P' },
  { id: 'stop', menu: 'training', name: 'Stop now', keys: 'Mod+.' },
  { id: 'stop-after-epoch', menu: 'training', name: 'Stop after this epoch' },
  { id: 'show-help', menu: 'help', name: 'Help on this place', keys: 'F1' },
  { id: 'show-shortcuts', menu: 'help', name: 'Keyboard shortcuts', keys: 'Mod+/' },
  { id: 'show-logs', menu: 'help', name: 'Show logs' },
  { id: 'copy-diagnostics', menu: 'help', name: 'Copy diagnostics' },
] as const satisfies readonly CommandWords[];

export type CommandId = (typeof commands)[number]['id'];
export type Command = CommandWords & { readonly id: CommandId };

export const commandsOf = (menu: MenuName): readonly Command[] => commands.filter((command) => command.menu === menu);

export function commandOf(id: CommandId): Command {
  return commands.find((command) => command.id === id)!;
}

export interface CommandEvents {
  /** Somebody chose it in the desktop's menu; the window does it. */
  'command:chosen': { readonly command: CommandId };
}
