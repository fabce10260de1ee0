"""Reads exports by their own verify scripts: folders on stdin, one a line; one JSON object a line on stdout.

ONNX files are checked by onnx's own checker too, shapes and types inferred.
"""

import contextlib
import glob
import io
import json
import os
import re
import runpy
import sys

# Modules of one export's folder, which the next has under the same names.
OWN = ("preprocessing", "network", "model")


def check_onnx(folder):
    paths = sorted(glob.glob(os.path.join(folder, "*.onnx")))
    if paths:
        import onnx

        for path in paths:
            onnx.checker.check_model(path, full_check=True)


def read(folder):
    for name in OWN:
        sys.modules.pop(name, None)
    sys.path.insert(0, folder)
    output = io.StringIO()
    try:
        check_onnx(folder)
        with contextlib.redirect_stdout(output):
            runpy.run_path(os.path.join(folder, "verify.py"), run_name="__main__")
        return {"problem": "verify.py did not say how it ended"}
    except SystemExit as end:
        found = re.findall(r"^(\w+): largest difference (\S+) on (\d+) samples", output.getvalue(), re.MULTILINE)
        # As text: JSON has no NaN.
        differences = {part: difference for part, difference, _ in found}
        images = min((int(count) for _, _, count in found), default=0)
        return {"differences": differences, "images": images, **({} if end.code == 0 else {"problem": str(end.code)})}
    except Exception as error:  # whatever a reader throws is a finding
        return {"problem": f"{type(error).__name__}: {error}"}
    finally:
        sys.path.remove(folder)


for line in sys.stdin:
    folder = line.rstrip("\n")
    print(json.dumps({"folder": folder, **read(folder)}), flush=True)
