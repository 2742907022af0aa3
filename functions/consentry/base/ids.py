"""Random identifiers. ``os.urandom`` only: nothing here may be drawn before a snapshot is restored."""

import os


def random_ref() -> str:
    """A 128-bit random reference, 32 hex digits (``subject_ref``, ``lead_id``)."""
    return os.urandom(16).hex()


_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


def uuid4() -> str:
    """A version 4 UUID (RFC 9562 §5.4), as ISO/IEC TS 27560 recommends for ``record_id``."""
    return uuid4_of(os.urandom(16))


def uuid4_of(drawn: bytes) -> str:
    """The version 4 UUID made of 16 random bytes."""
    text = drawn.hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:]}"
