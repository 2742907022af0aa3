"""Sealing under a person's data key: AES-256-GCM (NIST SP 800-38D), nonce first.

One data key a person, wrapped under the key-encryption secret; erasing the wrapped key erases every sealed
byte of that person, wherever copies lie.
"""

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Callable

_NONCE_BYTES = 12


def new_data_key() -> bytes:
    """A fresh 256-bit data key."""
    return os.urandom(32)


@lru_cache(maxsize=2)  # the secret's, and that of the person at hand: to make one takes longer than to seal
def sealer(key: bytes) -> "Callable[[bytes, str], bytes]":
    """``seal`` for several plaintexts under one key."""
    encrypt = AESGCM(key).encrypt

    def seal(plaintext: bytes, context: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + encrypt(nonce, plaintext, context.encode())

    return seal


def seal(key: bytes, plaintext: bytes, context: str) -> bytes:
    """``nonce ‖ ciphertext ‖ tag``; ``context`` is authenticated and must be given again to open."""
    return sealer(key)(plaintext, context)


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """The plaintext.

    Raises:
        cryptography.exceptions.InvalidTag: wrong key, wrong context, or changed bytes.
    """
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode())
