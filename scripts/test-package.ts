// `npm run test:package`: packs the app as a tar.gz, unpacks that elsewhere and works with the engine and command line in it.
import { join } from 'node:path';
import { projectRoot, runNode, tools } from './step.ts';

const packed = await runNode(join(projectRoot, 'scripts', 'package.ts'), ['tar.gz', '--quick']);
const config = join(projectRoot, 'test', 'package', 'vitest.config.ts');
process.exitCode = packed || (await runNode(tools.vitest, ['run', '--config', config]));
