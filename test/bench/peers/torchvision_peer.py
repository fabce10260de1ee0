"""torchvision: ImageFolder through a DataLoader of two workers, gathered in one uint8 tensor kept in memory."""

from contender import arguments, serve

options = arguments()
import torch  # noqa: E402  (after the process is confined to its threads)
from torch.utils.data import DataLoader  # noqa: E402
from torchvision import datasets, transforms  # noqa: E402

WORKERS = 2
BATCH = 256


class Peer:
    def import_pictures(self, folder, side, channels):
        grey = [transforms.Grayscale()] if channels == 1 else []
        steps = [*grey, transforms.Resize((side, side)), transforms.PILToTensor()]
        dataset = datasets.ImageFolder(folder, transforms.Compose(steps))
        images = torch.empty((len(dataset), channels, side, side), dtype=torch.uint8)
        numbers = torch.empty(len(dataset), dtype=torch.uint8)
        done = 0
        for batch, labels in DataLoader(dataset, batch_size=min(BATCH, max(1, len(dataset) // 8)), num_workers=WORKERS):
            images[done : done + len(batch)] = batch
            numbers[done : done + len(batch)] = labels
            done += len(batch)
        return done


serve(Peer(), None)
