"""The exported network as it is trained, and what one step of it costs."""

from pathlib import Path
from typing import NamedTuple

import model
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Generator, Tensor, nn

from . import losses, noise
from .normalisation import replace_norms


class Forward(NamedTuple):
    """What the autoencoder makes of n images; of a plain code the last three are None, of k codes an image they and the output have
    k × n rows: all images once, then all again."""

    output: Tensor
    code: Tensor
    # Before the code's activation.
    before: Tensor
    log_variance: Tensor | None = None
    noise: Tensor | None = None
    sample: Tensor | None = None


class Trainee(nn.Module):
    """The autoencoder, and the second head of a variational code, which the export leaves out."""

    def __init__(self, spec: dict, total) -> None:
        """total: adds a tensor up over all workers, gradients included."""
        super().__init__()
        # Written by the app's PyTorch export for this run; lies beside this package, as its first weights do.
        self.autoencoder = model.Autoencoder()
        replace_norms(self.autoencoder, total)
        self._ties = spec.get("tied", {})
        for name, source in self._ties.items():
            side, layer = name.split(".")
            own = getattr(self.autoencoder, side)
            setattr(own, layer, Tied(getattr(own, layer), self.autoencoder.get_submodule(source)))
        code = self.autoencoder.encoder.code
        self.log_variance = nn.Linear(code.in_features, code.out_features) if spec["variational"] else None
        self.pairs = spec["training"]["regularisers"].get("neighbours") is not None
        self.samples = spec["training"].get("importanceSamples", 1)
        self._at_code: tuple[Tensor, Tensor] | None = None
        code.register_forward_hook(self._see)

    def _see(self, _module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        self._at_code = (inputs[0], output)

    def forward(self, seen: Tensor, generator: Generator) -> Forward:
        """Where codes keep neighbours, the second half of the images are partners: they have codes, and nothing else."""
        code = self.autoencoder.encoder(seen)
        features, before = self._at_code
        self._at_code = None
        own = code[: len(code) // 2] if self.pairs else code
        if self.log_variance is None:
            return Forward(self.autoencoder.decoder(own), code, before)
        # Kingma & Welling 2014, section 2.4.
        log_variance = self.log_variance(features[: len(own)])
        mean, deviation = own.repeat(self.samples, 1), torch.exp(0.5 * log_variance).repeat(self.samples, 1)
        drawn = noise.normal(mean, generator)
        sample = mean + deviation * drawn
        return Forward(self.autoencoder.decoder(sample), code, before, log_variance, drawn, sample)

    def weights(self) -> dict[str, Tensor]:
        """As the export names them, which writes tied weights out."""
        found = {
            name.removeprefix("autoencoder."): value.detach().cpu().contiguous()
            for name, value in self.state_dict().items()
        }
        written_out = {
            f"{name}.weight": found[f"{source}.weight"].t().contiguous() for name, source in self._ties.items()
        }
        return {**found, **written_out}

    def load(self, weights: dict[str, Tensor]) -> None:
        tied = {f"{name}.weight" for name in self._ties}
        own = {
            name if name.startswith("log_variance.") else f"autoencoder.{name}": value
            for name, value in weights.items()
            if name not in tied
        }
        self.load_state_dict(own)

    def load_initial(self) -> None:
        self.load(load_file(Path(model.__file__).parent / "initial.safetensors"))


class Tied(nn.Module):
    """A dense layer of the decoder with an encoder layer's weights, transposed, and a bias of its own."""

    def __init__(self, like: nn.Linear, source: nn.Linear) -> None:
        super().__init__()
        self.bias = like.bias
        # Not registered: its weights are the encoder's.
        self._source = (source,)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self._source[0].weight.t(), self.bias)


def to_float(images, device: torch.device) -> Tensor:
    """uint8 [n, h, w, c] of numpy -> float32 [n, c, h, w] in [0, 1], on a device."""
    return as_float(torch.from_numpy(images).to(device))


def as_float(images: Tensor) -> Tensor:
    """uint8 [n, h, w, c] -> float32 [n, c, h, w] in [0, 1]."""
    return images.permute(0, 3, 1, 2).float() / 255


class Objective:
    """What a step costs: this worker's part of it, so that the parts of all workers add up to the whole batch's."""

    def __init__(self, spec: dict, total) -> None:
        """total: as the trainee's."""
        self.spec = spec
        self.training = spec["training"]
        self.total = total

    def cost(self, trainee: nn.Module, network: nn.Module, images: Tensor, batch: int, beta: float, generator: Generator):
        """images: this worker's of the `batch`, then their partners where codes keep neighbours; network: the autoencoder."""
        training = self.training
        neighbours = training["regularisers"].get("neighbours")
        views = self._drawn(noise.augment(images, training["augmentation"], generator), generator)
        # Codes that keep neighbours are alike for all views of an image: how one was shifted is not asked of the decoder.
        clean = views if neighbours is None else self._drawn(images[: len(images) // 2], generator)
        spec = training.get("inputNoise")
        seen = views if spec is None else noise.corrupt(views, spec, generator)
        made = trainee(seen, generator)
        code, before = made.code[: len(clean)], made.before[: len(clean)]
        pixels = 1 if training["loss"] == "bce" else clean.shape[1:].numel()
        free_bits = training.get("freeBits", 0)
        regularisers = training["regularisers"]
        weighed = training.get("importanceSamples", 1) > 1
        if weighed:
            each = losses.importance_bounds(clean, made.output, made.log_variance, made.noise, made.sample, beta)
        else:
            each = losses.reconstruction(training, clean, made.output)
            if self.spec["variational"] and free_bits == 0:
                each = each + losses.divergences(code, made.log_variance).sum(1) / pixels * beta
        if regularisers["codeL1"] > 0:
            each = each + code.abs().sum(1) * regularisers["codeL1"]
        if regularisers.get("codeL2", 0) > 0:
            each = each + code.square().sum(1) * (regularisers["codeL2"] / 2)
        if regularisers["contractive"] > 0:
            activation = self.spec["codeActivation"]
            kernel = network.encoder.code.weight
            each = each + losses.contraction(before, activation, kernel) * regularisers["contractive"]
        cost = each.sum() / batch
        if self.spec["variational"] and free_bits > 0 and not weighed:
            # Kingma et al. 2016, eq. 15: of each number's mean over the whole batch.
            nats, workers = self.total(losses.divergences(code, made.log_variance).sum(0) / batch)
            cost = cost + nats.clamp(min=free_bits).sum() / pixels * beta / workers
        decoder_l2 = regularisers.get("decoderL2", 0)
        if decoder_l2 > 0:
            squares = sum(weight.square().sum() for weight in network.decoder.parameters())
            _, workers = self.total(cost.new_zeros(1))
            cost = cost + squares * decoder_l2 / workers
        kl = regularisers.get("codeKl")
        if kl is not None and kl["weight"] > 0:
            mean, workers = self.total(code.sum(0) / batch)
            cost = cost + losses.sparsity(mean, kl["target"]) * kl["weight"] / workers
        if neighbours is not None:
            cost = cost + losses.neighbours(made.code, neighbours["radius"]) * neighbours["weight"]
        # What follows is of a batch as one: only where one worker has all of it.
        total_correlation = regularisers.get("totalCorrelation", 0)
        if total_correlation > 0 and made.sample is not None and not weighed:
            nats = losses.total_correlation(made.sample, code, made.log_variance)
            cost = cost + nats * total_correlation / pixels * beta
        mmd = regularisers.get("mmd", 0)
        if mmd > 0:
            own = code if made.sample is None else made.sample[: len(code)]
            cost = cost + losses.mean_discrepancy(own, noise.normal(own, generator)) * mmd
        return cost

    def _drawn(self, images: Tensor, generator: Generator) -> Tensor:
        return noise.binarise(images, generator) if self.training.get("dynamicBinarisation") else images
