"""Writes solar cells as raw bytes: FOLDER/KIND-SIDE.u8, uint8 [cells, side, side], and sets.json, which says which are good (0) and which certainly defective (1).

From the package elpv-dataset (Deitsch et al. 2019; Buerhop-Lutz et al. 2018), CC BY-NC-SA 4.0: for measuring only. Cells of uncertain label are left out.
"""

import json
import pathlib
import sys

import elpv_dataset.utils
import numpy as np
from PIL import Image

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
images, probability, types = elpv_dataset.utils.load_dataset()
certain = (probability == 0) | (probability == 1)
sets = {}
for kind in ("mono", "poly"):
    chosen = certain & (types == kind)
    odd = (probability[chosen] == 1).astype(int).tolist()
    for side in (64, 128):
        cells = [np.asarray(Image.fromarray(cell).resize((side, side), Image.LANCZOS)) for cell in images[chosen]]
        np.stack(cells).astype(np.uint8).tofile(folder / f"{kind}-{side}.u8")
        sets[f"{kind}-{side}"] = {"side": side, "odd": odd}
(folder / "sets.json").write_text(json.dumps(sets))
