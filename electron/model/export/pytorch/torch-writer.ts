import { join } from 'node:path';
import { writeWhole } from '../../../files/atomic.ts';
import { safetensorsPieces } from '../../../files/safetensors.ts';
import type { ExportedModel, FormatWriter } from '../exported-model.ts';
import { pythonVerdict } from '../inspection/verdict-writer.ts';
import type { PlainModel } from '../plain-model.ts';
import { torchModule } from './torch-module.ts';
import { torchState } from './torch-weights.ts';

/** PyTorch: modules in plain Python and their state as safetensors, so that loading it executes nothing that cannot be read. */
export const torchWriter: FormatWriter = {
  language: 'python',
  imageOrder: 'nchw',
  packages: 'torch safetensors numpy',
  verdict: pythonVerdict('nchw'),
  async write(model, folder) {
    const modules = modulesOf(model);
    await writeWhole(join(folder, 'model.py'), torchModule(model, modules));
    await writeWhole(join(folder, 'model.safetensors'), safetensorsPieces(torchState(modules), { format: 'pt' }));
  },
  files: () => [
    { name: 'model.py', about: 'the network as PyTorch modules, and `load`' },
    { name: 'model.safetensors', about: 'their state' },
  ],
  usage: (model) => {
    const lines = { autoencoder: RECONSTRUCT, encoder: ENCODE, decoder: decode(model.spec.code.size) };
    return `import torch
from model import load${model.parts[0]?.part === 'decoder' ? '' : '\nfrom preprocessing import load as load_image, to_input'}

model = load()
with torch.inference_mode():
    ${lines[model.parts[0]?.part ?? 'autoencoder']}`;
  },
  runner: (model) => ({
    imports: 'import torch\nfrom model import load\nfrom preprocessing import to_input',
    run: `MODEL = load()


def run(part, values):
    """What the model makes of bytes of images, or of codes; images with their channels last."""
    given = torch.from_numpy(to_input(values) if values.dtype == np.uint8 else values)
    model = ${modulesOf(model).length > 1 ? 'MODEL if part == "autoencoder" else getattr(MODEL, part)' : 'MODEL'}
    with torch.inference_mode():
        found = model(given).numpy()
    return found.transpose(0, 2, 3, 1) if found.ndim == 4 else found
`,
  }),
};

const RECONSTRUCT = 'images = model(torch.from_numpy(to_input(load_image("image.png")[None])))';
const ENCODE = 'codes = model(torch.from_numpy(to_input(load_image("image.png")[None])))';
const decode = (size: number): string => `images = model(torch.zeros(1, ${size}))`;

/** The autoencoder is made of the other two. */
function modulesOf({ parts, described }: ExportedModel): readonly PlainModel[] {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined && first.part !== 'autoencoder') return [first];
  return [described.encoder, described.decoder];
}
