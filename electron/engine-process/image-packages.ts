import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import * as v from 'valibot';
import type { ImagePackage } from '../contract/cluster.ts';
import type { ImageColumns } from '../domain/words.ts';
import { pixelsPerImage, sliceImages } from '../dataset/image-set.ts';
import { writeFully, writeJson, writeWholeBy } from '../files/atomic.ts';
import { readChecked } from '../files/json-file.ts';
import type { Breathe } from '../engine/inference.ts';

/** Raw bytes of one package: even where pixels do not shrink it stays below what a cluster takes at once (100 MiB). */
const PACKAGE_BYTES = 64 * 2 ** 20;
/** Packed between two looks at the messages. */
const PART_BYTES = 2 ** 20;

const IndexSchema = v.strictObject({
  packages: v.array(v.strictObject({ module: v.string(), sha1: v.string(), bytes: v.number(), file: v.string() })),
});
type Index = v.InferOutput<typeof IndexSchema>;

/** SHA-256 of the pixels: what the workers check that they train on. */
export function contentHash(images: ImageColumns): string {
  return createHash('sha256').update(images.pixels).digest('hex');
}

/**
 * Images as packages that a cluster's jobs import: each a zip of one module's folder with a file images.u8. Made once for a
 * content, then kept in a folder.
 * @param packageBytes of pixels in each; for tests
 */
export async function packImages(
  images: ImageColumns,
  cacheFolder: string,
  breathe: Breathe,
  packageBytes = PACKAGE_BYTES,
): Promise<readonly ImagePackage[]> {
  const hash = contentHash(images).slice(0, 16);
  const folder = join(cacheFolder, 'cluster-images');
  const indexPath = join(folder, `${hash}-${packageBytes}.json`);
  const kept = await readChecked(indexPath, IndexSchema).catch(() => undefined);
  if (kept !== undefined && (await allThere(kept, folder))) return packagesOf(kept, folder);
  const each = Math.max(1, Math.floor(packageBytes / pixelsPerImage(images)));
  const packages: Index['packages'] = [];
  for (let first = 0; first < images.count; first += each) {
    const module = `studio_images_${hash}_${packages.length}`;
    const file = `${module}-${packageBytes}.zip`;
    const packed = await pack(sliceImages(images, first, each).pixels, module, join(folder, file), breathe);
    packages.push({ module, file, ...packed });
  }
  await writeJson(indexPath, { packages } satisfies Index);
  return packagesOf({ packages }, folder);
}

async function allThere({ packages }: Index, folder: string): Promise<boolean> {
  const looks = await Promise.allSettled(packages.map(({ file }) => access(join(folder, file))));
  return looks.every(({ status }) => status === 'fulfilled');
}

function packagesOf({ packages }: Index, folder: string): readonly ImagePackage[] {
  return packages.map(({ module, sha1, bytes, file }) => ({
    module,
    name: `_ray_pkg_${sha1}.zip`,
    path: join(folder, file),
    bytes,
  }));
}

async function pack(
  pixels: Uint8Array,
  module: string,
  path: string,
  breathe: Breathe,
): Promise<{ readonly sha1: string; readonly bytes: number }> {
  const digest = createHash('sha1');
  let bytes = 0;
  await writeWholeBy(path, async (file) => {
    const chunks: Uint8Array[] = [];
    const zip = new Zip((error, chunk) => {
      if (error) throw error;
      chunks.push(chunk);
    });
    const drain = async (): Promise<void> => {
      for (const chunk of chunks.splice(0)) {
        digest.update(chunk);
        bytes += chunk.byteLength;
        await writeFully(file, chunk);
      }
    };
    // Zip's first date: the same images are the same bytes.
    const mtime = new Date(1980, 0, 1);
    const init = Object.assign(new ZipPassThrough(`${module}/__init__.py`), { mtime });
    zip.add(init);
    init.push(new Uint8Array(0), true);
    const entry = Object.assign(new ZipDeflate(`${module}/images.u8`, { level: 6 }), { mtime });
    zip.add(entry);
    for (let at = 0; at < pixels.byteLength; at += PART_BYTES) {
      entry.push(pixels.subarray(at, at + PART_BYTES), at + PART_BYTES >= pixels.byteLength);
      await drain();
      await breathe();
    }
    zip.end();
    await drain();
  });
  return { sha1: digest.digest('hex'), bytes };
}
