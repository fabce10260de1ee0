import type { PretrainingSpec } from '../../experiment.ts';
import { literal } from '../script-text.ts';
import type { ScriptPlan } from '../script-plan.ts';

/** A linear code's machine learns this many times slower than those of logistic units. */
const GAUSSIAN_RATE = 0.01;

/** `pretrain(model, images)`. */
export function torchPretraining({ model }: ScriptPlan, pretraining: PretrainingSpec): string {
  const { epochs, batchSize, weightDecay } = pretraining;
  const linear = model.code.activation === 'linear';
  return `@torch.no_grad()
def pretrain(model, images):
    """Layer by layer as restricted Boltzmann machines, then unrolled (Hinton & Salakhutdinov 2006)."""
    model.eval()
    up, down = ([layer for layer in part if isinstance(layer, nn.Linear)] for part in (model.encoder, model.decoder))
    for encoding, decoding in zip(up, reversed(down)):
        below = model.encoder[: list(model.encoder).index(encoding)]
${kinds(pretraining.learningRate, linear)}
        values = encoding.weight, encoding.bias, decoding.bias
        for value, deviation in zip(values, (0.1, 0, 0)):
            nn.init.normal_(value, std=deviation)
        moves = [torch.zeros_like(value) for value in values]
        for epoch in range(${literal(epochs)}):
            for batch in images[torch.randperm(len(images))].split(${literal(batchSize)})[: len(images) // ${literal(batchSize)}]:
                data = below(to_float(batch))
                hidden = mean(encoding(data))
                visible = torch.sigmoid(F.linear(draw(hidden), encoding.weight.T, decoding.bias))
                again = mean(encoding(visible))  # down and up again once: contrastive divergence, CD-1
                learnt = (hidden.T @ data - again.T @ visible) / len(data) - ${literal(weightDecay)} * encoding.weight
                directions = learnt, (hidden - again).mean(0), (data - visible).mean(0)
                for value, move, direction in zip(values, moves, directions):
                    value += move.mul_(0.5 if epoch < 5 else 0.9).add_(rate * direction)
        decoding.weight.copy_(encoding.weight.T)`;
}

/** How the hidden units of a machine are: a linear code is drawn with normal noise. */
function kinds(learningRate: number, linear: boolean): string {
  if (!linear) return `        rate, mean, draw = ${literal(learningRate)}, torch.sigmoid, torch.bernoulli`;
  const slow = literal(Number((learningRate * GAUSSIAN_RATE).toPrecision(12)));
  return `        rate, mean, draw = ${literal(learningRate)}, torch.sigmoid, torch.bernoulli
        if encoding is up[-1]:  # the linear code
            rate, mean, draw = ${slow}, lambda x: x, lambda x: x + torch.randn_like(x)`;
}
