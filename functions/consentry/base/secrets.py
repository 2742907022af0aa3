"""Secrets with epochs, fetched after a snapshot is restored and held for a bounded time.

A secret is JSON: ``{"current": "2", "1": "…", "2": "…"}``. Rotation adds an epoch and moves ``current``; what was
made under an older epoch stays readable as long as that epoch is kept.
"""

import hashlib
import json
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

HOLD_SECONDS = 900


class Epochs(NamedTuple):
    """The current epoch and the 256-bit key of each."""

    current: str
    keys: dict[str, bytes]

    @property
    def key(self) -> bytes:
        """The key of the current epoch."""
        return self.keys[self.current]


def parse(secret_string: str) -> Epochs:
    """Epochs from a secret's JSON; each value is hashed to 256 bits so that its alphabet does not matter."""
    values: dict[str, str] = json.loads(secret_string)
    current = values.pop("current")
    return Epochs(current, {epoch: hashlib.sha256(value.encode()).digest() for epoch, value in values.items()})


class Secret:
    """One secret of Secrets Manager, re-read after ``HOLD_SECONDS``."""

    def __init__(self, client: "SecretsManagerClient", secret_id: str) -> None:
        self._client = client
        self._id = secret_id
        self._held: tuple[float, Epochs] | None = None

    def get(self) -> Epochs:
        """The epochs, from memory while fresh."""
        now = time.monotonic()
        if self._held is None or now - self._held[0] > HOLD_SECONDS:
            self._held = (now, parse(self._client.get_secret_value(SecretId=self._id)["SecretString"]))
        return self._held[1]
