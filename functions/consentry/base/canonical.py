"""Canonical bytes and digests.

Records hold strings with ASCII keys, integers, booleans, nulls, lists and objects, never floats; for those
``json.dumps`` with sorted keys writes exactly RFC 8785 (JCS), which ``tests/base/test_canonical.py`` proves.
"""

import hashlib
import json
from typing import Any

# One encoder, kept: ``json.dumps`` builds a new one at each call that names options.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def canonical_bytes(value: Any) -> bytes:
    """RFC 8785 bytes of a float-free JSON value.

    Raises:
        ValueError: the value holds a NaN or infinity.
        UnicodeEncodeError: a string holds a lone surrogate.
    """
    return _encode(value).encode("utf-8")


def digest(data: bytes) -> str:
    """``sha256-`` and 64 lower-case hex digits."""
    return "sha256-" + hashlib.sha256(data).hexdigest()
