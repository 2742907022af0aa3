"""Profile tokens: opaque, derived by HMAC, so that a replay repeats them and nothing stores them.

Layout (54 bytes, so base64url needs no padding): version (1 byte), epoch (1), expiry (4, seconds), subject_ref (16),
lead_id (16), HMAC-SHA-256 over all that (16, truncated as RFC 2104 §5 allows).
"""

import binascii
import hmac
from typing import TYPE_CHECKING, NamedTuple

from consentry.base.problems import Problem

if TYPE_CHECKING:
    from consentry.base.secrets import Epochs

LIFETIME_SECONDS = 24 * 3600
_VERSION = 1
_MAC_BYTES = 16
_BODY_BYTES = 1 + 1 + 4 + 16 + 16


class Token(NamedTuple):
    """Whose profile may be continued, until when (seconds since the epoch)."""

    subject_ref: str
    lead_id: str
    expires: int


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"profile-token/1\n" + body, "sha256")[:_MAC_BYTES]


def issue(token: Token, secret: "Epochs", epoch: str) -> str:
    """The token's text under ``epoch``; the same input gives the same text."""
    body = bytes([_VERSION, int(epoch)]) + token.expires.to_bytes(4, "big")
    body += bytes.fromhex(token.subject_ref) + bytes.fromhex(token.lead_id)
    data = body + _mac(secret.keys[epoch], body)
    return binascii.b2a_base64(data, newline=False).decode().replace("+", "-").replace("/", "_")


def read(text: str, secret: "Epochs", now_seconds: int) -> Token:
    """The token behind ``text``.

    Raises:
        Problem: ``token-invalid`` when not ours, ``token-expired`` when past its time.
    """
    try:
        data = binascii.a2b_base64(text.replace("-", "+").replace("_", "/"), strict_mode=True)
    except (binascii.Error, ValueError):
        raise Problem("token-invalid") from None
    body, mac = data[:_BODY_BYTES], data[_BODY_BYTES:]
    key = secret.keys.get(str(body[1])) if len(data) == _BODY_BYTES + _MAC_BYTES and body[0] == _VERSION else None
    if key is None or not hmac.compare_digest(mac, _mac(key, body)):
        raise Problem("token-invalid")
    token = Token(body[6:22].hex(), body[22:38].hex(), int.from_bytes(body[2:6], "big"))
    if token.expires < now_seconds:
        raise Problem("token-expired")
    return token


def bearer(authorization: str | None) -> str:
    """The credentials of an ``Authorization: Bearer`` header (RFC 6750 §2.1).

    Raises:
        Problem: ``token-invalid``.
    """
    scheme, _, text = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Problem("token-invalid")
    return text.strip()
