import { join } from 'node:path';
import { ClusterTokens } from '../../electron/host/cluster-tokens.ts';
import type { StudioOptions } from '../../electron/host/studio-options.ts';

/** What a studio needs for clusters, without a keychain. */
export function clusterParts(dataFolder: string): Pick<StudioOptions, 'clusterSources' | 'clusterTokens'> {
  return {
    clusterSources: join(import.meta.dirname, '../../resources/cluster'),
    clusterTokens: new ClusterTokens({ dataFolder, report: () => undefined }),
  };
}
