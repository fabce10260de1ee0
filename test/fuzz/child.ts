// Fuzzes one reader for `run.ts`: told its name, how many inputs and the seed; tells each input's number, then the outcome.
import { fuzz } from './fuzz.ts';
import { readers } from './readers.ts';
import { specReaders } from './spec-readers.ts';

const [name = '', inputs, seed] = process.argv.slice(2);
const reader = await { ...readers, ...specReaders }[name]!();
const outcome = await fuzz(reader, Number(inputs), Number(seed), (index) => process.send!(index));
process.send!(outcome, () => process.disconnect());
