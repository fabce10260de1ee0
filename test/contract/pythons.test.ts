import { expect, it } from 'vitest';
import { judged, type PythonWords } from '../../electron/contract/pythons.ts';
import { readToldLine } from '../../electron/contract/told-lines.ts';
import { traineeMessages } from '../../electron/contract/torch.ts';

const packages = { torch: '2.15.0+cu132', numpy: '2.4.6', safetensors: '0.8.0' };
const devices = [{ device: 'cpu', name: 'Processor' }];
const words: PythonWords = { python: '3.12.4', prefix: '/usr', is64bit: true, packages, devices };

it.each<[Partial<PythonWords>, string | undefined]>([
  [{}, undefined],
  [{ python: '3.10.0' }, undefined],
  [{ python: '3.9.18' }, 'Expected Python 3.10 or newer, found 3.9.18.'],
  [{ python: '2.7.18' }, 'Expected Python 3.10 or newer, found 2.7.18.'],
  [{ is64bit: false }, 'It is a 32-bit Python; PyTorch needs one of 64 bits.'],
  [{ packages: {} }, 'It has no PyTorch.'],
  [{ packages: { ...packages, torch: '2.4.1' } }, 'Expected PyTorch 2.5 or newer, below 3.0; found 2.4.1.'],
  [{ packages: { ...packages, torch: '2.5.0' } }, undefined],
  [{ packages: { ...packages, torch: '3.0.0a1' } }, 'Expected PyTorch 2.5 or newer, below 3.0; found 3.0.0a1.'],
  [{ packages: { torch: '2.15.0', numpy: '2.0.0' } }, 'It lacks safetensors: /a/python -m pip install safetensors'],
  [{ problem: 'libcuda.so is missing' }, 'Its PyTorch cannot be used: libcuda.so is missing'],
])('a Python that says %j: %s', (changes, problem) => {
  const found = judged('/a/python', { ...words, ...changes });
  expect(found.problem).toBe(problem);
  expect(found.devices).toEqual(problem === undefined ? devices : []);
});

it('hears nothing but whole messages that it knows', () => {
  const read = (line: string) => readToldLine(line, traineeMessages);
  expect(read('@@STEPS {"costs":[0.5,null]}')).toEqual({ kind: 'STEPS', fields: { costs: [0.5, null] } });
  expect(read('@@STEPS {"costs":[0.5,null]}\r')).toBeDefined();
  for (const line of [
    '',
    'STEPS {}',
    '@@STEPS {"costs":"0.5"}',
    '@@STEPS {"costs":[0.5',
    '@@OTHER {}',
    '@@constructor {}',
    ' @@STEPS {"costs":[]}',
  ]) {
    expect(read(line)).toBeUndefined();
  }
});
