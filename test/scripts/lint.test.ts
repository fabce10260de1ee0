import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/step.ts';

const eslint = new ESLint({ cwd: projectRoot });

async function problems(file: string, text: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(text, { filePath: join(projectRoot, file) });
  return result!.messages.map(({ message }) => message);
}

describe('sharp', () => {
  const loaded = 'sharp is loaded by loadSharp (electron/dataset/picture/load-sharp.ts).';

  it.each([
    ["import sharp from 'sharp';\nexport const made = sharp();\n"],
    ["export const loading = import('sharp');\n"],
    ["export const loading = import('@img/sharp-linux-x64/sharp.node');\n"],
    [
      "import { createRequire } from 'node:module';\nconst require = createRequire('/');\nexport const sharp = require('sharp');\n",
    ],
  ])('may not be loaded but by the function that keeps its GLib apart: %s', async (text) => {
    expect(await problems('electron/dataset/picture/decode.ts', text)).toContain(loaded);
  });

  it('may lend its types, and be loaded by that function', async () => {
    expect(await problems('electron/dataset/picture/decode.ts', "export type { Sharp } from 'sharp';\n")).toEqual([]);
    const types = "import type { Sharp } from 'sharp';\nexport type Made = Sharp;\n";
    expect(await problems('electron/dataset/picture/decode.ts', types)).toEqual([]);
    expect(
      await problems('electron/dataset/picture/load-sharp.ts', "export const loading = import('sharp');\n"),
    ).toEqual([]);
  });
});
