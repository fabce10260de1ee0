import { join } from 'node:path';
import type { PythonNeeds } from '../bench/python.ts';

/** Python with TensorFlow, Keras and ONNX Runtime. */
export const plain: PythonNeeds = {
  name: 'interop',
  requirements: join(import.meta.dirname, 'requirements.txt'),
  gigabytes: 3,
  notice: ['It downloads about 410 MB and takes 2 GB on disk, most of it TensorFlow.'],
};

/** Python with PyTorch. */
export const withTorch: PythonNeeds = {
  name: 'interop-torch',
  requirements: join(import.meta.dirname, 'requirements-torch.txt'),
  gigabytes: 9,
  notice: [
    'It downloads about 3 GB and takes 5.7 GB on disk. Most of that is CUDA packages, which torch brings along',
    'and cannot be imported without; nothing here uses a graphics card.',
  ],
};
