import { dirname, extname, join } from 'node:path';

/** Where the other parts lie, seen from the command line's own file: in the sources, or in the built app. */
export interface Places {
  readonly engineEntry: string;
  readonly pageFolder: string;
  readonly packageFile: string;
  /** The sources of the job that clusters run. */
  readonly clusterSources: string;
  /** The runs that come with the app. */
  readonly sampleRuns: string;
}

export function placesSeenFrom(entry: string): Places {
  const here = dirname(entry);
  const root = join(here, '..', '..');
  return {
    engineEntry:
      extname(entry) === '.ts' ? join(here, '..', 'engine-process', 'engine-entry.ts') : join(here, 'engine.js'),
    pageFolder: join(root, 'out', 'renderer'),
    packageFile: join(root, 'package.json'),
    clusterSources: join(root, 'resources', 'cluster'),
    sampleRuns: join(root, 'resources', 'samples'),
  };
}
