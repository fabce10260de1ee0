"""What the driver prints for the app to read: one line a message, `@@KIND {json}`."""

import json
import math
import threading

_lock = threading.Lock()


def tell(kind: str, /, **fields) -> None:
    """Prints one message. JSON has no NaN: what is no number becomes null."""
    with _lock:
        print(f"@@{kind} {json.dumps(_plain(fields), allow_nan=False)}", flush=True)


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
