// Stands for fpm where electron-builder makes a .deb: lays the files out in a folder and has dpkg-deb pack it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync } from 'node:fs';
import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { controlText, debArguments, type DebArguments } from './deb-arguments.ts';

const BLOCK = 1024;

/** A hard link costs nothing; across disks a copy is made. Returns the sizes' sum in bytes. */
function lay(from: string, to: string): number {
  const stats = lstatSync(from);
  mkdirSync(dirname(to), { recursive: true });
  if (stats.isDirectory()) {
    mkdirSync(to, { recursive: true });
    return readdirSync(from).reduce((sum, name) => sum + lay(join(from, name), join(to, name)), 0);
  }
  if (stats.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else {
    try {
      linkSync(from, to);
    } catch {
      copyFileSync(from, to);
    }
  }
  return stats.size;
}

function layOut({ control, scripts, mappings }: DebArguments, folder: string): void {
  const bytes = mappings.reduce((sum, { from, to }) => sum + lay(from, join(folder, to)), 0);
  const about = join(folder, 'DEBIAN');
  mkdirSync(about);
  writeFileSync(join(about, 'control'), controlText(control, Math.ceil(bytes / BLOCK)));
  for (const [name, path] of scripts) {
    copyFileSync(path, join(about, name));
    chmodSync(join(about, name), 0o755);
  }
}

function makeDeb(wish: DebArguments): number {
  // Beside the result: on the same disk as what electron-builder has put together.
  const folder = mkdtempSync(join(dirname(wish.output), '.deb-'));
  try {
    chmodSync(folder, 0o755);
    layOut(wish, folder);
    const level = process.env['ELECTRON_BUILDER_COMPRESSION_LEVEL'];
    const squeeze = [`-Z${wish.compression}`, ...(level === undefined ? [] : [`-z${level}`])];
    const args = ['--root-owner-group', ...squeeze, '--build', folder, wish.output];
    const { status, error } = spawnSync('dpkg-deb', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (error) process.stderr.write(`dpkg-deb could not be run: ${error.message}\n`);
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = makeDeb(debArguments(process.argv.slice(2)));
