import { toErrorData } from '../../electron/domain/errors.ts';
import { saveFile } from '../window/save-file.ts';

/** What is to be said of a file. */
export interface SavedWords {
  readonly text: string;
  readonly failed: boolean;
}

/** Makes a file, hands it over, and says so: "Saved grid.png, 8 × 8 pixels", or why not. Never rejects. */
export async function saved(
  name: string,
  type: string,
  make: () => Promise<readonly BlobPart[]>,
  more = '',
): Promise<SavedWords> {
  try {
    saveFile(name, await make(), type);
    return { text: [`Saved ${name}`, more].filter(Boolean).join(', '), failed: false };
  } catch (error) {
    return { text: `Not saved: ${toErrorData(error).message}`, failed: true };
  }
}
