"""No training: the bare matrix products of one dense step, forward and backward, in MKL. What arithmetic alone costs."""

from contender import Images, arguments, serve

options = arguments()
import torch  # noqa: E402  (after the process is confined to its threads)


class Peer:
    block = 1

    def __init__(self):
        torch.set_num_threads(options.threads)
        torch.set_flush_denormal(True)
        self.notes = ["matrix products alone (MKL)"]

    def prepare(self, job, layers, _pixels, quality):
        assert not layers.convolutional and not quality
        batch = job["training"]["batchSize"]
        wide = layers.code * (2 if layers.variational else 1)
        halves = [layers.pixels, *layers.hidden, wide], [layers.code, *layers.hidden[::-1], layers.pixels]
        self.products = []
        for half in halves:
            for inputs, outputs in zip(half[:-1], half[1:]):
                first = not self.products
                x, weights, gradient = torch.randn(batch, inputs), torch.randn(inputs, outputs), torch.randn(batch, outputs)
                self._add(x, weights)
                self._add(x.t(), gradient)
                if not first:  # nothing flows back into the images
                    self._add(gradient, weights.t())

    def _add(self, left, right):
        self.products.append((left, right, torch.empty(left.shape[0], right.shape[1])))

    @torch.inference_mode()
    def steps(self, count):
        for _ in range(count):
            for left, right, out in self.products:
                torch.mm(left, right, out=out)
        return 0.0


serve(Peer(), Images(options.images))
