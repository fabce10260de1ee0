import { Notification, powerSaveBlocker, type BrowserWindow, type MessageBoxOptions } from 'electron';
import { askAt } from './dialogs.ts';
import type { LeaveChoice } from './leaving.ts';
import type { Surroundings } from './presence.ts';

/** The taskbar, the power settings and the notifications of this machine. */
export function surroundingsOf(window: BrowserWindow, show: () => void): Surroundings {
  let blocker: number | undefined;
  return {
    showProgress: (progress, paused) => {
      if (window.isDestroyed()) return;
      if (progress === 'none') window.setProgressBar(-1);
      else if (progress !== 'indeterminate') window.setProgressBar(progress, { mode: paused ?? 'normal' });
      // Above 1 it is indeterminate, and moves.
      else window.setProgressBar(paused ? 0 : 2, { mode: paused ?? 'indeterminate' });
    },
    keepAwake: (awake) => {
      if (blocker !== undefined) powerSaveBlocker.stop(blocker);
      blocker = awake ? powerSaveBlocker.start('prevent-app-suspension') : undefined;
    },
    isInFront: () => !window.isDestroyed() && window.isFocused(),
    notify: (title, body) => {
      if (!Notification.isSupported()) return;
      const notification = new Notification({ title, body });
      notification.on('click', show);
      notification.show();
    },
  };
}

const choices: readonly LeaveChoice[] = ['keep-training', 'save-and-quit', 'cancel'];

/** What should become of the run that trains. */
export async function askBeforeLeaving(window: BrowserWindow): Promise<LeaveChoice> {
  const question: MessageBoxOptions = {
    type: 'question',
    message: 'A run is still training.',
    detail:
      'Keep training: the window closes and training goes on; open the app again to see it.\n' +
      'Save and quit: the run is saved where it stands, and can be resumed.',
    buttons: ['Keep training', 'Save and quit', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  };
  const { response } = await askAt(window, question);
  return choices[response] ?? 'cancel';
}
