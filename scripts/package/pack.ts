import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { build, Platform, type Configuration } from 'electron-builder';
import { developmentPackages } from './development-packages.ts';
import { DEFAULT_APP, electronFolder, STAND_IN_MARK, type ElectronFolder } from './electron-folder.ts';
import { writeLicences } from './licence-folder.ts';
import { needlessFiles } from './needless.ts';
import { offlineTools } from './offline-tools.ts';
import { PackageError } from './package-error.ts';
import { resourcesOf, shippedFiles } from './shipped.ts';
import { forgetEmpty, macSigning } from './signing.ts';
import { partsOf, sizeTable } from './size-table.ts';
import { downloadingTargets, noToolsSentence, type TargetName } from './targets.ts';

export interface PackRequest {
  readonly projectRoot: string;
  /** An empty folder for what is needed only while packing. */
  readonly scratch: string;
  readonly targets: readonly TargetName[];
  /** Compresses as little as possible: for trying. */
  readonly quick: boolean;
  readonly say: (line: string) => void;
}

/**
 * Packs what `npm run build` and the native step have made, by electron-builder, into release/.
 * @throws PackageError for targets whose tools cannot be had and for files in the package that nobody needs
 */
export async function pack(request: PackRequest): Promise<void> {
  const { projectRoot, scratch, targets, quick, say } = request;
  const electron = await electronFolder(scratch);
  if (electron.kind === 'stand-in') {
    say(`Electron's program is not installed: packing around a folder that stands for it, marked "${STAND_IN_MARK}".`);
  }
  const downloading = downloadingTargets(targets);
  if (downloading.length === 0 && process.platform === 'linux') Object.assign(process.env, await offlineTools(scratch));
  forgetEmpty(process.env);
  if (quick) process.env['ELECTRON_BUILDER_COMPRESSION_LEVEL'] = '1';
  try {
    const made = await build({
      projectDir: projectRoot,
      targets: Platform.current().createTarget([...targets]),
      publish: 'never',
      config: configuration(request, electron),
    });
    for (const path of made.filter((one) => !one.endsWith('.blockmap'))) say(relative(projectRoot, path));
  } catch (error) {
    if (error instanceof PackageError || downloading.length === 0 || !isDownloadFailure(error)) throw error;
    throw new PackageError(noToolsSentence(downloading), { cause: error });
  }
}

/** What is not in electron-builder.yml: it depends on this machine, or is done by a function. */
function configuration(request: PackRequest, electron: ElectronFolder): Configuration {
  const { version } = createRequire(import.meta.url)('electron/package.json') as { readonly version: string };
  return {
    electronVersion: version,
    electronDist: electron.path,
    // electron-builder takes it out of what it has unpacked itself, not of a folder that it is given.
    afterExtract: ({ appOutDir }) => rm(join(resourcesOf(appOutDir, 'Electron'), DEFAULT_APP), { force: true }),
    afterPack: ({ appOutDir, packager }) => finish(request, appOutDir, packager.appInfo.productFilename),
    ...(request.quick ? { deb: { compression: 'gz' } } : {}),
    mac: macSigning(process.env),
    ...(electron.kind === 'real' ? {} : standInConfiguration),
  };
}

const standInConfiguration: Configuration = {
  directories: { output: join('release', STAND_IN_MARK) },
  linux: { artifactName: `\${name}-${STAND_IN_MARK}-\${version}-\${arch}.\${ext}` },
};

/** Once the app lies in its folder: adds the licences, lists the sizes, refuses what nobody needs. */
async function finish({ projectRoot, say }: PackRequest, appFolder: string, productName: string): Promise<void> {
  const licences = join(resourcesOf(appFolder, productName), 'licences');
  await writeLicences(projectRoot, await shippedFiles(appFolder), licences);
  const files = await shippedFiles(appFolder);
  say(sizeTable(partsOf(files)));
  const needless = await needlessFiles(appFolder, files, await developmentPackages(projectRoot));
  if (needless.length > 0) {
    throw new PackageError(
      `The package holds ${needless.length} files that nobody needs:\n${needless.slice(0, 40).join('\n')}`,
    );
  }
}

function isDownloadFailure(error: unknown): boolean {
  const text = error instanceof Error ? `${error.message} ${String(error.cause)}` : String(error);
  return /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|getaddrinfo|download|status code|fetch failed|cannot resolve/i.test(
    text,
  );
}
