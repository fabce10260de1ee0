import { spawn } from 'node:child_process';

/** Opens an address in the person's browser; that it could not be opened is no error, the address was printed. */
export function openBrowser(address: string): void {
  const [program, ...start] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const child = spawn(program!, [...start, address], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
