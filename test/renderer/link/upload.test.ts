import { describe, expect, it } from 'vitest';
import { readUploadHead, UPLOAD_HEAD_BYTES } from '../../../electron/contract/upload.ts';
import { upload, type Post, type Reply } from '../../../renderer/link/upload.ts';

const handed = (path: string, content: string | Uint8Array<ArrayBuffer>) => ({ path, file: new File([content], path) });

/** The files in a body. */
async function read(body: Blob): Promise<[path: string, bytes: Uint8Array][]> {
  const bytes = new Uint8Array(await body.arrayBuffer());
  const files: [string, Uint8Array][] = [];
  for (let at = 0; at < bytes.length;) {
    const { pathBytes, fileBytes } = readUploadHead(bytes.subarray(at, at + UPLOAD_HEAD_BYTES));
    at += UPLOAD_HEAD_BYTES;
    files.push([
      new TextDecoder().decode(bytes.subarray(at, at + pathBytes)),
      bytes.subarray(at + pathBytes, at + pathBytes + fileBytes),
    ]);
    at += pathBytes + fileBytes;
  }
  return files;
}

/** A host that answers so, and what it was sent. */
function host(reply: Reply = { status: 200, text: '{}' }) {
  const bodies: Blob[] = [];
  const addresses: string[] = [];
  const post: Post = (address, body, onSent) => {
    addresses.push(address);
    bodies.push(body);
    onSent(body.size / 2);
    onSent(body.size);
    return Promise.resolve(reply);
  };
  return { post, bodies, addresses };
}

describe('an upload', () => {
  it('carries paths and bytes as they are', async () => {
    const { post, bodies, addresses } = host();
    await upload('staged-1', [handed('pets/große Katze.png', 'one'), handed('empty.png', '')], post);
    expect(addresses).toEqual(['/upload/staged-1']);
    const files = await read(bodies[0]!);
    expect(files.map(([path, bytes]) => [path, new TextDecoder().decode(bytes)])).toEqual([
      ['pets/große Katze.png', 'one'],
      ['empty.png', ''],
    ]);
  });

  it('sends many small files in few requests, and a large one alone', async () => {
    const { post, bodies } = host();
    const small = Array.from({ length: 2_500 }, (_, index) => handed(`${index}.png`, 'x'));
    const large = handed('large.zip', new Uint8Array(9 * 2 ** 20));
    await upload('staged-1', [...small, large, handed('last.png', 'y')], post);
    const counts = await Promise.all(bodies.map(async (body) => (await read(body)).length));
    expect(counts).toEqual([1_000, 1_000, 500, 1, 1]);
  });

  it('tells the share sent, never falling, up to all', async () => {
    const { post } = host();
    const told: number[] = [];
    const files = [handed('1.bin', new Uint8Array(6 * 2 ** 20)), handed('2.bin', new Uint8Array(2 * 2 ** 20 + 1))];
    await upload('staged-1', files, post, (fraction) => told.push(fraction));
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.some((fraction) => fraction > 0.3 && fraction < 0.8)).toBe(true);
  });

  it('that is refused says so in the host’s words', async () => {
    const text = JSON.stringify({ code: 'disk-full', message: 'The disk is full.' });
    const refused = upload('staged-1', [handed('1.png', 'x')], host({ status: 507, text }).post);
    await expect(refused).rejects.toMatchObject({ code: 'disk-full', message: 'The disk is full.' });
    const odd = upload('staged-1', [handed('1.png', 'x')], host({ status: 403, text: 'No.\n' }).post);
    await expect(odd).rejects.toMatchObject({ code: 'refused', message: 'The upload was refused (403): No.' });
  });

  it('names the file that has gone since it was dropped', async () => {
    const gone = handed('cats/2.png', 'two');
    Object.assign(gone.file, {
      slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) }),
    });
    const post: Post = () => Promise.reject(new Error('The request got no answer.'));
    await expect(upload('staged-1', [handed('cats/1.png', 'one'), gone], post)).rejects.toMatchObject({
      code: 'not-found',
      message: 'cats/2.png: expected the file as it was handed over, found it gone, changed, or not to be read.',
    });
    await expect(upload('staged-1', [handed('cats/1.png', 'one')], post)).rejects.toMatchObject({
      code: 'refused',
      message: 'The upload broke off: the connection to the app’s server was lost.',
    });
  });
});
