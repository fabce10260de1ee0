// Stands for 7-Zip where electron-builder compresses a tar: `a -bd -mx=LEVEL OUT.tar.gz IN.tar`.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { gzipArguments } from './gzip-arguments.ts';

const { level, output, input } = gzipArguments(process.argv.slice(2));
await pipeline(createReadStream(input), createGzip({ level }), createWriteStream(output));
