import { commands, type CommandId } from '../../electron/contract/commands.ts';

export type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** The command whose keys are pressed. `isMac`: Mod is the command key, else Ctrl. */
export function commandOfKeys(pressed: Pressed, isMac: boolean): CommandId | undefined {
  return commands.find((command) => 'keys' in command && fits(command.keys, pressed, isMac))?.id;
}

function fits(keys: string, pressed: Pressed, isMac: boolean): boolean {
  const parts = keys.split('+');
  const key = parts.at(-1)!;
  const [mod, other] = isMac ? [pressed.metaKey, pressed.ctrlKey] : [pressed.ctrlKey, pressed.metaKey];
  return (
    mod === parts.includes('Mod') &&
    !other &&
    !pressed.altKey &&
    pressed.shiftKey === parts.includes('Shift') &&
    pressed.key.toLowerCase() === key.toLowerCase()
  );
}

const macSigns: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Enter: '↩' };

/** As the platform writes them: "⇧⌘E", "Ctrl+Shift+E". */
export function keyWords(keys: string, isMac: boolean): string {
  const parts = keys.split('+');
  if (!isMac) return parts.map((part) => (part === 'Mod' ? 'Ctrl' : part)).join('+');
  const signs = parts.map((part) => macSigns[part] ?? part);
  // A Mac names Shift before the command key.
  return (signs.includes('⇧') ? ['⇧', ...signs.filter((sign) => sign !== '⇧')] : signs).join('');
}

/** Keys that work in one part of the window only, for the list under Help. */
export const localKeys: readonly { readonly where: string; readonly keys: string; readonly does: string }[] = [
  { where: 'Anywhere but in a field', keys: 'Space', does: 'Pause or resume the run' },
  { where: 'Maps', keys: '+ − 0', does: 'Zoom in, zoom out, show everything' },
  { where: 'Maps', keys: 'Arrow keys', does: 'Move from image to image; with Shift, move the map' },
  { where: 'Maps', keys: 'Enter, Space', does: 'Set a corner of the lasso, close it' },
  { where: 'Galleries and walls', keys: 'Arrow keys, Page, Home, End', does: 'Move from picture to picture' },
  { where: 'Runs', keys: 'Up, Down, Delete', does: 'Move from run to run, put one into the trash' },
  { where: 'Drawing', keys: 'Arrow keys, Space', does: 'Move the pen, put it down or lift it' },
  { where: 'Dialogs', keys: 'Escape', does: 'Close' },
];

export const isMac = /mac/i.test(navigator.platform);
