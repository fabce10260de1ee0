"""What this Python can train with, as one JSON object. Given to a Python by its text, whatever its version, before anything else."""

import json
import sys


def devices(torch):
    found = [{"device": "cpu", "name": "Processor"}]

    def add(kind, module):
        for number in range(module.device_count()):
            properties = module.get_device_properties(number)
            total = getattr(properties, "total_memory", 0)
            device = {"device": "%s:%d" % (kind, number), "name": str(properties.name), "totalBytes": int(total)}
            if hasattr(module, "is_bf16_supported"):
                device["bfloat16"] = bool(module.is_bf16_supported())
            found.append(device)

    if torch.cuda.is_available():
        add("cuda", torch.cuda)
    if hasattr(torch, "xpu") and torch.xpu.is_available():
        add("xpu", torch.xpu)
    if torch.backends.mps.is_available():
        found.append({"device": "mps", "name": "Apple graphics", "totalBytes": int(torch.mps.recommended_max_memory())})
    return found


def main():
    said = {
        "python": "%d.%d.%d" % sys.version_info[:3],
        "prefix": sys.prefix,
        "is64bit": sys.maxsize > 2**32,
        "packages": {},
        "devices": [],
    }
    try:
        import torch

        said["packages"]["torch"] = torch.__version__
        said["build"] = "rocm" if getattr(torch.version, "hip", None) else str(torch.version.cuda or "")
        said["devices"] = devices(torch)
    except ImportError as error:
        if getattr(error, "name", "") != "torch":
            said["problem"] = str(error)
    except Exception as error:
        said["problem"] = "%s: %s" % (type(error).__name__, error)
    for name in ("numpy", "safetensors"):
        try:
            said["packages"][name] = __import__(name).__version__
        except Exception:
            pass
    print("@@PYTHON " + json.dumps(said))


main()
