"""The identity index: finds a person by mailbox without keeping the mailbox.

``idx = HMAC-SHA-256(identity key of the epoch, type ‖ 0x00 ‖ case-folded address)``. The key is read only by the
functions that need it, so neither a copy of the table nor of the records can be joined to an address.
"""

import hmac
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from consentry.base.secrets import Epochs


def email_entry(address: str, subject_ref: str, secret: "Epochs", created_at: str) -> dict[str, Any]:
    """The index entry of an address for a subject; several subjects may share an address until one is proven."""
    local, _, domain = unicodedata.normalize("NFC", address).casefold().rpartition("@")
    folded = f"{local}@{_ascii(domain)}"
    idx = hmac.digest(secret.key, b"email\x00" + folded.encode(), "sha256").hex()
    return {"idx": f"IDX#{secret.current}#{idx}", "subject_ref": subject_ref, "created_at": created_at}


def _ascii(domain: str) -> str:
    """The domain's ASCII form, so that both spellings of an internationalised one are one entry."""
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
