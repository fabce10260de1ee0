import type { AppFolder } from '../../electron/contract/app.ts';
import type { StudioApi } from '../../electron/contract/contract.ts';

export type ShellDialog = 'settings' | 'shortcuts';

/** What lies around the places: dialogs, the help, and what was said of the last command. */
export class Shell {
  dialog = $state<ShellDialog>();
  helping = $state(false);
  said = $state.raw<{ readonly text: string; readonly failed: boolean }>();
  readonly #api: StudioApi;

  constructor(api: StudioApi) {
    this.#api = api;
  }

  async showFolder(folder: AppFolder): Promise<void> {
    const result = await this.#api.call('app:show-folder', { folder });
    this.said = result.ok ? undefined : { text: result.error.message, failed: true };
  }

  /** Puts what helps to find a fault on the clipboard. */
  async copyDiagnostics(write: (text: string) => Promise<void>): Promise<void> {
    const result = await this.#api.call('app:diagnose', {});
    if (!result.ok) {
      this.said = { text: result.error.message, failed: true };
      return;
    }
    try {
      if (!result.value.copied) await write(result.value.text);
      const what = 'versions, settings, counts and the end of the log, without names and places';
      this.said = { text: `Diagnostics copied: ${what}.`, failed: false };
    } catch {
      const text = 'Not copied: the browser does not let this page write to the clipboard.';
      this.said = { text, failed: true };
    }
  }

  /** This dialog has closed. A close is told late: by then a shortcut may have opened the other one. */
  closed(dialog: ShellDialog): void {
    if (this.dialog === dialog) this.dialog = undefined;
  }

  dismiss(): void {
    this.said = undefined;
  }
}
