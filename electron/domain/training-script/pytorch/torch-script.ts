import { pythonDocstring, pythonImports, pythonSettings } from '../python/python-head.ts';
import { PYTHON_PLANE, pythonFigures } from '../python/python-figures.ts';
import { pythonLoading, pythonReaders } from '../python/python-images.ts';
import { joined } from '../script-text.ts';
import { isChosen, type ScriptPlan } from '../script-plan.ts';
import { torchModel } from './torch-model.ts';
import { torchNoise } from './torch-noise.ts';
import { torchObjective } from './torch-objective.ts';
import { torchOptimizerClass } from './torch-optimizer.ts';
import { torchPretraining } from './torch-pretraining.ts';
import { MEAN_SQUARED_ERROR, torchTraining } from './torch-training.ts';

const TO_FLOAT = `def to_float(images):
    """Bytes [n, channels, height, width] -> numbers from 0 to 1."""
    return images.to(DEVICE).float() / 255`;

/** train.py, in PyTorch. */
export function torchScript(plan: ScriptPlan, notes: readonly string[]): string {
  const { pretraining } = plan.training;
  const definitions = joined(2, [
    pythonReaders(plan),
    TO_FLOAT,
    torchNoise(plan),
    torchObjective(plan),
    torchModel(plan),
    torchOptimizerClass(plan),
    pretraining === undefined ? undefined : torchPretraining(plan, pretraining),
    MEAN_SQUARED_ERROR,
    PYTHON_PLANE,
  ]);
  const program = joined(1, [
    loading(plan),
    ['model = Autoencoder().to(DEVICE)', ...(pretraining === undefined ? [] : ['pretrain(model, images)'])].join('\n'),
    torchTraining(plan).join('\n'),
    ending(plan),
    pythonFigures(plan).join('\n'),
  ]);
  const body = `${definitions}\n\n\n${program}`;
  const functional = body.includes('F.') ? ['import torch.nn.functional as F'] : [];
  const imports = pythonImports(plan, body, ['import torch', ...functional, 'from torch import nn']);
  const settings = [...pythonSettings(plan), 'DEVICE = "cuda" if torch.cuda.is_available() else "cpu"'];
  const head = [pythonDocstring(plan, 'PyTorch', notes), imports, settings.join('\n')];
  return `${joined(1, head)}\n\n\n${body}\n`;
}

function loading(plan: ScriptPlan): string {
  return [
    'torch.manual_seed(SEED)',
    ...pythonLoading(plan),
    'images, test = (torch.tensor(each).permute(0, 3, 1, 2) for each in (images, test))',
    ...(isChosen(plan.training) ? ['held_out, images = images[:HELD_OUT], images[HELD_OUT:]'] : []),
  ].join('\n');
}

function ending({ images }: ScriptPlan): string {
  return [
    'error = mean_squared_error(test)',
    'print(f"Test: squared error per image {error * test[0].numel():.4f}, MSE {error:.6f}")',
    'torch.save(model.state_dict(), "autoencoder.pt")',
    'with torch.no_grad():',
    '    shown = to_float(test[:2000])',
    '    codes = model.encoder(shown)',
    '    reconstructions = model.decoder(codes)',
    'shown, reconstructions = (each.permute(0, 2, 3, 1).cpu().numpy() for each in (shown, reconstructions))',
    `codes${images.labelNames.length > 0 ? ', labels' : ''} = codes.cpu().numpy()${images.labelNames.length > 0 ? ', labels[:2000]' : ''}`,
  ].join('\n');
}
