"""PyTorch: images resident as uint8, compiled forward and backward, fused optimizer."""

import os
import shutil

from contender import Batches, Images, arguments, learning_rate, serve

options = arguments()
import torch  # noqa: E402  (after the process is confined to its threads)
from torch import nn  # noqa: E402
from torch.func import functional_call, grad_and_value  # noqa: E402
from torch.nn import functional as F  # noqa: E402

ENCODE_BATCH = 1_000

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU, "gelu": nn.GELU, "linear": nn.Identity}


def dense_stack(sizes, activations):
    parts = []
    for inputs, outputs, activation in zip(sizes[:-1], sizes[1:], activations, strict=True):
        parts += [nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
    return nn.Sequential(*parts)


def initialise(model, kind):
    for weights in model.parameters():
        if kind == "standard-normal":
            nn.init.normal_(weights)
        elif weights.dim() > 1:
            nn.init.xavier_uniform_(weights)
        else:
            nn.init.zeros_(weights)


class Dense(nn.Module):
    def __init__(self, layers):
        super().__init__()
        width = layers.code * (2 if layers.variational else 1)
        hidden = [layers.activation] * len(layers.hidden)
        self.encoder = dense_stack([layers.pixels, *layers.hidden, width], [*hidden, layers.code_activation])
        self.decoder = dense_stack([layers.code, *layers.hidden[::-1], layers.pixels], [*hidden, "linear"])


class Picture(nn.Module):
    """Rows of pixels, channels last, as PyTorch's convolutions take them."""

    def __init__(self, layers):
        super().__init__()
        self.shape = (layers.side, layers.side, layers.channels)

    def forward(self, rows):
        return rows.unflatten(1, self.shape).permute(0, 3, 1, 2)


class Row(nn.Module):
    def forward(self, images):
        return images.permute(0, 2, 3, 1).flatten(1)


class Convolutional(nn.Module):
    def __init__(self, layers):
        super().__init__()
        activation = ACTIVATIONS[layers.activation]
        channels = [layers.channels, *layers.filters]
        down, up = [], []
        for inputs, outputs in zip(channels, channels[1:]):
            down += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), activation()]
            up = [nn.ConvTranspose2d(outputs, inputs, 3, 2, padding=1, output_padding=1), activation(), *up]
        small = (layers.filters[-1], layers.small, layers.small)
        self.encoder = nn.Sequential(
            Picture(layers), *down, nn.Flatten(), nn.Linear(layers.hidden[0], layers.code)
        )
        expand = [nn.Linear(layers.code, layers.hidden[0]), activation(), nn.Unflatten(1, small)]
        self.decoder = nn.Sequential(*expand, *up[:-1], Row())


class Autoencoder(nn.Module):
    def __init__(self, layers, loss):
        super().__init__()
        self.net = (Convolutional if layers.convolutional else Dense)(layers)
        self.variational, self.loss = layers.variational, loss

    def forward(self, pixels):
        images = pixels.float() / 255
        code = self.net.encoder(images)
        penalty = 0.0
        if self.variational:
            mean, log_variance = code.chunk(2, dim=1)
            code = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
            penalty = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(1).mean()
        logits = self.net.decoder(code)
        if self.loss == "bce":
            return F.binary_cross_entropy_with_logits(logits, images, reduction="sum") / len(images) + penalty
        return F.mse_loss(torch.sigmoid(logits), images) + penalty

    def encode(self, pixels):
        code = self.net.encoder(pixels.float() / 255)
        return code.chunk(2, dim=1)[0] if self.variational else code


def build_optimizer(spec, parameters, rate):
    if spec["kind"] == "rmsprop":  # the only one of the three without a fused kernel
        optimizer = torch.optim.RMSprop(parameters, rate, alpha=spec["decay"], eps=spec["epsilon"], foreach=True)
        for weights in parameters:
            mean_square = torch.full_like(weights, spec["initialMeanSquare"])
            optimizer.state[weights] = {"step": torch.tensor(0.0), "square_avg": mean_square}
        return optimizer
    betas = (spec["beta1"], spec["beta2"])
    if spec["kind"] == "adam":
        return torch.optim.Adam(parameters, rate, betas, spec["epsilon"], fused=True)
    decay = spec["weightDecay"]
    return torch.optim.AdamW(parameters, rate, betas, spec["epsilon"], weight_decay=decay, fused=True)


class Peer:
    block = 1

    def __init__(self):
        torch.set_num_threads(options.threads)
        torch.set_flush_denormal(True)
        self.notes = []

    def prepare(self, job, layers, pixels, quality):
        training = job["training"]
        torch._dynamo.reset()  # an earlier job's graphs
        torch.manual_seed(training["seed"])
        self.pixels = torch.from_numpy(pixels)
        self.batches = Batches(len(pixels), training["batchSize"], training["seed"])
        self.model = Autoencoder(layers, training["loss"])
        initialise(self.model, layers.initialiser)
        if layers.convolutional:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.weights = {name: weights.detach() for name, weights in self.model.named_parameters()}
        self.rate = learning_rate(training, self.batches.per_epoch)
        self.step = 0
        self.optimizer = build_optimizer(training["optimizer"], list(self.weights.values()), self.rate(0))
        self.gradients, self.encoder = grad_and_value(self._loss), self.model.encode
        # Compiling takes longer than one training to the quality asked for gains by it.
        self.notes = ["eager"] if quality else self._compile()
        if "OMP_WAIT_POLICY" in os.environ:
            self.notes.append("OpenMP threads wait asleep: busy machine")

    def _compile(self):
        if not any(map(shutil.which, ("g++", "clang++"))):
            return ["eager: torch.compile needs a C++ compiler"]
        # Loss and gradients as one graph: quicker here than a compiled module followed by backward().
        self.gradients, self.encoder = torch.compile(self.gradients), torch.compile(self.encoder)
        return ["torch.compile"]

    def _loss(self, weights, pixels, indices):
        return functional_call(self.model, weights, (pixels.index_select(0, indices),))

    def steps(self, count):
        for indices in torch.from_numpy(self.batches.take(count)):
            self.optimizer.param_groups[0]["lr"] = self.rate(self.step)
            gradients, loss = self.gradients(self.weights, self.pixels, indices)
            for name, weights in self.weights.items():
                weights.grad = gradients[name]
            self.optimizer.step()
            self.step += 1
        return loss.item()

    @torch.inference_mode()
    def encode(self, pixels):
        parts = torch.from_numpy(pixels).split(ENCODE_BATCH)
        return torch.cat([self.encoder(part) for part in parts]).numpy()

    @torch.inference_mode()
    def validation_mse(self, pixels):
        images = torch.from_numpy(pixels)
        decoded = torch.sigmoid(self.model.net.decoder(self.model.encode(images)))
        return F.mse_loss(decoded, images.float() / 255).item()


serve(Peer(), Images(options.images))
