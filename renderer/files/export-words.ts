import type { ExportAnswer } from '../../electron/contract/export-answer.ts';
import type { Result } from '../../electron/domain/errors.ts';

/** What became of a file that was asked for, in a sentence; a browser's download is begun. */
export function exportWords(result: Result<ExportAnswer>): { readonly text: string; readonly failed: boolean } {
  if (!result.ok) return { text: `Not saved: ${result.error.message}`, failed: true };
  const answer = result.value;
  switch (answer.kind) {
    case 'saved':
      return { text: `Saved: ${answer.folder}`, failed: false };
    case 'cancelled':
      return { text: 'Nothing was saved.', failed: false };
    case 'download':
      follow(answer.address, answer.name);
      return { text: `Downloading ${answer.name}`, failed: false };
  }
}

function follow(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}
