import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What it says of its card. */
const card = { device: 'cuda:0', name: 'Some card', totalBytes: 8e9 };

/**
 * A Python that says it has a card, and trains as one was seen to (recorded-trainee.ts).
 * @param batchWithoutRoom a batch size that the card has no room for
 * @returns its environment's folder
 */
export async function recordedPython(
  folder: string,
  { batchWithoutRoom = 0 }: { readonly batchWithoutRoom?: number } = {},
): Promise<string> {
  const environment = join(folder, 'an environment');
  await mkdir(join(environment, 'bin'), { recursive: true });
  const said = {
    python: '3.12.4',
    prefix: environment,
    is64bit: true,
    packages: { torch: '2.15.0', numpy: '2.4.6', safetensors: '0.8.0' },
    devices: [{ device: 'cpu', name: 'Processor' }, card],
  };
  const trainee = join(import.meta.dirname, 'recorded-trainee.ts');
  const program = `#!/bin/sh
if [ "$1" = -c ]; then echo '@@PYTHON ${JSON.stringify(said)}'
elif /bin/grep -q '"batchSize":${batchWithoutRoom},' spec.json; then exec '${process.execPath}' --no-warnings '${trainee}' --fullAt 0
else exec '${process.execPath}' --no-warnings '${trainee}'; fi
`;
  const path = join(environment, 'bin', 'python');
  await writeFile(path, program);
  await chmod(path, 0o755);
  return environment;
}
