import { assertNever } from '../../errors.ts';
import type { OptimizerSpec } from '../../experiment.ts';
import { complement, literal } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** The lines that make `optimizer`. */
export function torchOptimizer({ training: { optimizer } }: ScriptPlan): string[] {
  switch (optimizer.kind) {
    case 'sgd':
      return ['optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE)'];
    case 'momentum': {
      const nesterov = optimizer.nesterov ? ', nesterov=True' : '';
      return [
        `optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE, momentum=${literal(optimizer.momentum)}${nesterov})`,
      ];
    }
    case 'adagrad': {
      const initial = literal(optimizer.initialAccumulator);
      return [
        `optimizer = torch.optim.Adagrad(model.parameters(), LEARNING_RATE, initial_accumulator_value=${initial}, eps=1e-7)`,
      ];
    }
    case 'rmsprop':
      return rmsprop(optimizer);
    case 'adam':
      return [`optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE, ${moments(optimizer)})`];
    case 'adamw':
      return [
        '# Weights decay, biases do not (Loshchilov & Hutter 2019).',
        'decaying = [weight for weight in model.parameters() if weight.dim() > 1]',
        'staying = [weight for weight in model.parameters() if weight.dim() == 1]',
        `groups = [{"params": decaying, "weight_decay": ${literal(optimizer.weightDecay)}}, {"params": staying, "weight_decay": 0}]`,
        `optimizer = torch.optim.AdamW(groups, LEARNING_RATE, ${moments(optimizer)})`,
      ];
    default:
      return assertNever(optimizer);
  }
}

const moments = ({ beta1, beta2 }: Extract<OptimizerSpec, { kind: 'adam' | 'adamw' }>): string =>
  `betas=(${literal(beta1)}, ${literal(beta2)})`;

function rmsprop(optimizer: Extract<OptimizerSpec, { kind: 'rmsprop' }>): string[] {
  const { decay, epsilon, initialMeanSquare } = optimizer;
  if (ownRmsprop(optimizer)) return ['optimizer = RMSprop(model.parameters(), LEARNING_RATE)'];
  return [
    `optimizer = torch.optim.RMSprop(model.parameters(), LEARNING_RATE, alpha=${literal(decay)}, eps=${literal(epsilon)})`,
    initialMeanSquare === 1
      ? '# TensorFlow 1 let the mean square of the gradients start at one, where PyTorch starts at zero.'
      : `# The mean square of the gradients starts at ${literal(initialMeanSquare)}, where PyTorch starts at zero.`,
    'for weight in model.parameters():',
    `    start = torch.full_like(weight, ${literal(initialMeanSquare)})`,
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
            square = self.state[weight].setdefault("square", torch.full_like(weight, ${literal(initialMeanSquare)}))
            square.lerp_(weight.grad.square(), ${literal(complement(decay))})
            weight.addcdiv_(weight.grad, (square + ${literal(epsilon)}).sqrt(), value=-group["lr"])`;
}

/** Lines before each step: PyTorch's Adam adds epsilon after the bias correction, TensorFlow's (and the app's) before. */
export function torchEpsilon({ training: { optimizer } }: ScriptPlan): string[] {
  if (optimizer.kind !== 'adam' && optimizer.kind !== 'adamw') return [];
  return [
    'for group in optimizer.param_groups:  # TensorFlow adds epsilon before the bias correction',
    `    group["eps"] = ${literal(optimizer.epsilon)} / math.sqrt(1 - ${literal(optimizer.beta2)}**step)`,
  ];
}
