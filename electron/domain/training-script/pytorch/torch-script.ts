import { pythonDocstring, pythonImports, pythonSettings } from '../python/python-head.ts';
import { pythonFigures } from '../python/python-figures.ts';
import { pythonLoading, pythonReaders } from '../python/python-images.ts';
import { pythonNeighbours } from '../python/python-neighbours.ts';
import { joined } from '../script-text.ts';
import { isChosen, type ScriptPlan } from '../script-plan.ts';
import { torchClasses, torchModel } from './torch-model.ts';
import { torchNoise } from './torch-noise.ts';
import { torchObjective } from './torch-objective.ts';
import { torchOptimizerClass } from './torch-optimizer.ts';
import { torchPretraining } from './torch-pretraining.ts';
import { TORCH_THROUGH, torchTraining } from './torch-training.ts';

/** train.py, in PyTorch. */
export function torchScript(plan: ScriptPlan, notes: readonly string[]): string {
  const { pretraining } = plan.training;
  const definitions = joined(2, [
    pythonReaders(plan),
    torchNoise(plan),
    torchObjective(plan),
    torchClasses(plan),
    torchOptimizerClass(plan),
    pretraining === undefined ? undefined : torchPretraining(plan, pretraining),
    TORCH_THROUGH,
    pythonNeighbours(plan),
  ]);
  const program = joined(1, [
    loading(plan),
    [torchModel(plan), ...(pretraining === undefined ? [] : ['pretrain(images)'])].join('\n'),
    torchTraining(plan).join('\n'),
    ENDING,
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
  const chosen = isChosen(plan.training);
  return [
    'torch.manual_seed(SEED)',
    ...pythonLoading(plan),
    'images, test = (torch.tensor(each).permute(0, 3, 1, 2) for each in (images, test))',
    ...(plan.model.code.classes === undefined
      ? []
      : [`classes = torch.tensor(classes${chosen ? '[HELD_OUT:]' : ''}).long()`]),
    ...(chosen
      ? ['held_out, images, test = images[:HELD_OUT] / 255, images[HELD_OUT:], test / 255']
      : ['test = test / 255']),
  ].join('\n');
}

const ENDING = [
  'error = F.mse_loss(through(model, test), test).item()',
  'print(f"Test: squared error per image {error * test[0].numel():.4f}, MSE {error:.6f}")',
  'codes = through(encoder, test[:2000])',
  'reconstructions = through(decoder, codes).permute(0, 2, 3, 1).numpy()',
  'shown, codes = test[:2000].permute(0, 2, 3, 1).numpy(), codes.numpy()',
].join('\n');
