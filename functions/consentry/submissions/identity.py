"""The identity index: finds a person by mailbox without keeping the mailbox.

``idx = HMAC-SHA-256(identity key of the epoch, type ‖ 0x00 ‖ case-folded address)``. The key is read only by the
functions that need it, so neither a copy of the table nor of the records can be joined to an address.
"""

import hashlib
import hmac
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from consentry.base.secrets import Epochs


def email_entry(address: str, subject_ref: str, secret: "Epochs", created_at: str) -> dict[str, Any]:
    """The index entry of an address for a subject; several subjects may share an address until one is proven."""
    folded = unicodedata.normalize("NFC", address).casefold()
    idx = hmac.digest(secret.key, b"email\x00" + folded.encode(), hashlib.sha256).hex()
    return {"idx": f"IDX#{secret.current}#{idx}", "subject_ref": subject_ref, "created_at": created_at}
