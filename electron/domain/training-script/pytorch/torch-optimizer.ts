import { assertNever } from '../../errors.ts';
import type { OptimizerSpec } from '../../experiment.ts';
import { pythonCall } from '../python/python-call.ts';
import { complement, literal } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** The lines that make `optimizer`. */
export function torchOptimizer({ training: { optimizer } }: ScriptPlan): string[] {
  switch (optimizer.kind) {
    case 'sgd':
      return made('SGD', []);
    case 'momentum': {
      const nesterov = optimizer.nesterov ? ', nesterov=True' : '';
      return made('SGD', [`momentum=${literal(optimizer.momentum)}${nesterov}`]);
    }
    case 'adagrad': {
      const initial = literal(optimizer.initialAccumulator);
      return made('Adagrad', [`initial_accumulator_value=${initial}`, 'eps=1e-7']);
    }
    case 'rmsprop':
      return rmsprop(optimizer);
    case 'adam':
      return made('Adam', moments(optimizer));
    case 'adamw':
      return [
        '# Weights decay, biases do not (Loshchilov & Hutter 2019).',
        'weights = {"params": [each for each in model.parameters() if each.dim() > 1]}',
        'biases = {"params": [each for each in model.parameters() if each.dim() == 1], "weight_decay": 0}',
        ...made(
          'AdamW',
          [...moments(optimizer), `weight_decay=${literal(optimizer.weightDecay)}`],
          '[weights, biases]',
        ),
      ];
    default:
      return assertNever(optimizer);
  }
}

const made = (name: string, options: readonly string[], weights = 'model.parameters()'): string[] =>
  pythonCall(`optimizer = torch.optim.${name}`, [weights, 'LEARNING_RATE', ...options]);

/** What is not as PyTorch has it anyway. */
const moments = ({ beta1, beta2, epsilon }: Extract<OptimizerSpec, { kind: 'adam' | 'adamw' }>): string[] => [
  ...(beta1 === 0.9 && beta2 === 0.999 ? [] : [`betas=(${literal(beta1)}, ${literal(beta2)})`]),
  ...(epsilon === 1e-8 ? [] : [`eps=${literal(epsilon)}`]),
];

function rmsprop(optimizer: Extract<OptimizerSpec, { kind: 'rmsprop' }>): string[] {
  const { decay, epsilon, initialMeanSquare } = optimizer;
  if (ownRmsprop(optimizer)) return ['optimizer = RMSprop(model.parameters(), LEARNING_RATE)'];
  return [
    ...made('RMSprop', [`alpha=${literal(decay)}`, `eps=${literal(epsilon)}`]),
    initialMeanSquare === 1
      ? '# TensorFlow 1 let the mean square of the gradients start at one, where PyTorch starts at zero.'
      : `# The mean square of the gradients starts at ${literal(initialMeanSquare)}, where PyTorch starts at zero.`,
    'for weight in model.parameters():',
    `    start = ${initialMeanSquare === 1 ? 'torch.ones_like(weight)' : `torch.full_like(weight, ${literal(initialMeanSquare)})`}`,
    '    optimizer.state[weight] = {"step": torch.zeros(()), "square_avg": start}',
  ];
}

/** Whether it matters that PyTorch adds epsilon to the root of the mean square, not to the mean square. */
const ownRmsprop = ({ epsilon, initialMeanSquare }: Extract<OptimizerSpec, { kind: 'rmsprop' }>): boolean =>
  epsilon > 1e-6 * initialMeanSquare;

/** An optimizer that PyTorch has in another form; nothing where its own does. */
export function torchOptimizerClass({ training: { optimizer } }: ScriptPlan): string | undefined {
  if (optimizer.kind !== 'rmsprop' || !ownRmsprop(optimizer)) return undefined;
  const { decay, epsilon, initialMeanSquare } = optimizer;
  return `class RMSprop(torch.optim.Optimizer):
    """As TensorFlow has it: epsilon within the root, where it matters more."""

    def __init__(self, weights, lr):
        super().__init__(weights, {"lr": lr})

    @torch.no_grad()
    def step(self):
        (group,) = self.param_groups
        for weight in group["params"]:
            start = torch.full_like(weight, ${literal(initialMeanSquare)})
            square = self.state[weight].setdefault("square", start)
            square.lerp_(weight.grad.square(), ${literal(complement(decay))})
            weight.addcdiv_(weight.grad, (square + ${literal(epsilon)}).sqrt(), value=-group["lr"])`;
}

/** Lines before each step: PyTorch's Adam adds epsilon after the bias correction, TensorFlow's (and the app's) before. */
export function torchEpsilon({ training: { optimizer } }: ScriptPlan, step: string): string[] {
  if (optimizer.kind !== 'adam' && optimizer.kind !== 'adamw') return [];
  const { epsilon, beta2 } = optimizer;
  return [
    'for group in optimizer.param_groups:  # before the bias correction, as TensorFlow',
    `    group["eps"] = ${literal(epsilon)} / (1 - ${literal(beta2)} ** ${step}) ** 0.5`,
  ];
}
