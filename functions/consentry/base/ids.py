"""Random identifiers. ``os.urandom`` only: nothing here may be drawn before a snapshot is restored."""

import os


def random_ref() -> str:
    """A 128-bit random reference, 32 hex digits (``subject_ref``, ``lead_id``)."""
    return os.urandom(16).hex()


def uuid4() -> str:
    """A version 4 UUID (RFC 9562 §5.4), as ISO/IEC TS 27560 recommends for ``record_id``."""
    value = bytearray(os.urandom(16))
    value[6] = value[6] & 0x0F | 0x40
    value[8] = value[8] & 0x3F | 0x80
    text = value.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
