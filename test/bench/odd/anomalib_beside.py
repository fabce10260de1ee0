"""Trains a model of Anomalib on normal pictures and scores others: anomalib_beside.py MODEL FOLDER SECONDS.

FOLDER holds set.json ({"side": 64, "trained": 413, "tested": 490}), trained.u8 and tested.u8 (uint8 [pictures, side, side], grey).
It is trained for SECONDS of the processor. Written to FOLDER/scores.json: {"scores": one for each tested picture, the higher the odder,
"epochs": those begun, "processorSeconds": training and checking}.

ganomaly (Akcay et al. 2018) and draem (Zavrtanik et al. 2021) start from weights as drawn. DRAEM draws its faults from Perlin noise alone: the
pictures of textures that it takes them from otherwise would have to be downloaded.
"""

import json
import pathlib
import sys
import tempfile
import time

import numpy as np
import torch
from anomalib.data import Folder
from anomalib.engine import Engine
from anomalib.models import Draem, Ganomaly
from lightning.pytorch import Callback, seed_everything
from PIL import Image

BATCH = 32
name, given, seconds = sys.argv[1], pathlib.Path(sys.argv[2]), float(sys.argv[3])
told = json.loads((given / "set.json").read_text())
side = told["side"]


def pictures(kind):
    return np.fromfile(given / f"{kind}.u8", np.uint8).reshape(told[kind], side, side)


class StopInTime(Callback):
    def on_train_batch_end(self, trainer, *_):
        trainer.should_stop = time.process_time() - began > seconds


def model_of(nothing):
    kinds = {"ganomaly": (Ganomaly, {"batch_size": BATCH}), "draem": (Draem, {"dtd_dir": nothing})}
    if name not in kinds:
        raise SystemExit(f"MODEL: expected {' or '.join(kinds)}, found {name}")
    kind, options = kinds[name]
    return kind(**options, pre_processor=kind.configure_pre_processor((side, side)), evaluator=False, visualizer=False)


seed_everything(1)
with tempfile.TemporaryDirectory() as made:
    folder = pathlib.Path(made)
    (folder / "good").mkdir()
    (folder / "nothing").mkdir()
    for at, cell in enumerate(pictures("trained")):
        Image.fromarray(cell).save(folder / "good" / f"{at:05}.png")
    data = Folder(
        name="cells",
        root=folder,
        normal_dir="good",
        train_batch_size=BATCH,
        num_workers=0,
        test_split_mode="none",
        val_split_mode="none",
    )
    model = model_of(folder / "nothing")
    engine = Engine(
        accelerator="cpu",
        max_epochs=10_000,
        min_epochs=0,
        callbacks=[StopInTime()],
        default_root_dir=folder,
        limit_val_batches=0,
        enable_progress_bar=False,
        logger=False,
    )
    began = time.process_time()
    engine.fit(model=model, datamodule=data)
    epochs = engine.trainer.current_epoch + 1

network = model.model.cpu().eval()
tested = pictures("tested")
scores = []
with torch.inference_mode():
    for begin in range(0, len(tested), BATCH):
        cells = torch.from_numpy(tested[begin : begin + BATCH]).float()[:, None].repeat(1, 3, 1, 1) / 255
        scores += network(model.pre_processor.transform(cells)).pred_score.flatten().tolist()
ended = {"scores": scores, "epochs": epochs, "processorSeconds": time.process_time() - began}
(given / "scores.json").write_text(json.dumps(ended))
