import type { PretrainingSpec } from '../../experiment.ts';
import { literal } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** A linear code's machine learns this many times slower than those of logistic units. */
const GAUSSIAN_RATE = 0.01;

/** `pretrain(images)`. */
export function torchPretraining({ model, encoder }: ScriptPlan, pretraining: PretrainingSpec): string {
  const { epochs, batchSize, weightDecay } = pretraining;
  const machines = encoder.length + 1;
  const linear = model.code.activation === 'linear';
  return `@torch.no_grad()
def pretrain(images):
    """As restricted Boltzmann machines, layer by layer (Hinton & Salakhutdinov 2006)."""
    linear = [each for each in [*encoder, *decoder] if isinstance(each, nn.Linear)]
    for encoding, decoding in zip(linear[:${machines}], reversed(linear)):
        below = encoder[: list(encoder).index(encoding)]
${kinds(pretraining.learningRate, linear, machines)}
        values = encoding.weight.normal_(0, 0.1), encoding.bias.zero_(), decoding.bias.zero_()
        moves = [torch.zeros_like(value) for value in values]
        for epoch in range(${literal(epochs)}):
            for batch in images[torch.randperm(len(images))].split(${literal(batchSize)}):
                seen = below(batch.to(DEVICE) / 255)
                hidden = mean(encoding(seen))
                visible = torch.sigmoid(draw(hidden) @ encoding.weight + decoding.bias)
                again = mean(encoding(visible))  # down and up once: contrastive divergence, CD-1
                learnt = (hidden.T @ seen - again.T @ visible) / len(seen)
                decayed = learnt - ${literal(weightDecay)} * encoding.weight
                directions = decayed, (hidden - again).mean(0), (seen - visible).mean(0)
                for value, move, direction in zip(values, moves, directions):
                    value += move.mul_(0.5 if epoch < 5 else 0.9).add_(rate * direction)
        decoding.weight.copy_(encoding.weight.T)`;
}

/** How the hidden units of a machine are: a linear code is drawn with normal noise. */
function kinds(learningRate: number, linear: boolean, machines: number): string {
  const logistic = `        rate, mean, draw = ${literal(learningRate)}, torch.sigmoid, torch.bernoulli`;
  if (!linear) return logistic;
  const slow = literal(Number((learningRate * GAUSSIAN_RATE).toPrecision(12)));
  return `${logistic}
        if encoding is linear[${machines - 1}]:  # the linear code
            rate, mean, draw = ${slow}, nn.Identity(), lambda x: x + torch.randn_like(x)`;
}
