"""The releases a write function knows: current and previous from its package, an older one from the table once.

Items of the content table: ``RELEASE#<id>`` with ``rules`` (gzip of one ``ReleaseRules``) and ``superseded_at``, and
``REVOCATIONS`` with ``digests``; ``build/published.py`` writes them. Revocations are re-read every minute, so that a
withdrawn text stops being accepted without a deployment.
"""

import gzip
import json
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from consentry.base.aws import values

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient

    from consentry.content.rules import ReleaseRules, Rules

REREAD_SECONDS = 60
_MAX_REMEMBERED = 16


class Releases:
    """Compiled rules by release id."""

    def __init__(self, rules_file: "Path", dynamodb: "DynamoDBClient", table: str) -> None:
        rules: Rules = json.loads(rules_file.read_bytes())
        self.current: ReleaseRules = rules["releases"][rules["current"]]
        self.grace_seconds = rules["grace_hours"] * 3600
        self._releases = dict(rules["releases"])
        self._remembered: dict[str, tuple[float, ReleaseRules | None]] = {}
        self._dynamodb = dynamodb
        self._table = table
        self._revoked: frozenset[str] | None = None
        self._revoked_read = 0.0

    def get(self, release: str) -> "ReleaseRules | None":
        """The release's rules; None when nobody published it.

        The table is asked once for a release that is there, once a minute for one that is not: it may be on its way.

        Raises:
            botocore.exceptions.ClientError: the table could not be asked.
        """
        known = self._releases.get(release)
        if known is not None:
            return known
        asked, rules = self._remembered.get(release, (-float(REREAD_SECONDS), None))
        now = time.monotonic()
        if rules is None and now - asked >= REREAD_SECONDS:
            found = self._item(f"RELEASE#{release}")
            if found:
                # A release is written when it is current: since when it no longer is, only the item knows.
                rules = json.loads(gzip.decompress(found["rules"]))
                rules["superseded_at"] = found.get("superseded_at")
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.pop(next(iter(self._remembered)), None)
            self._remembered[release] = (now, rules)
        return rules

    def revoked(self) -> frozenset[str]:
        """Digests of projections and texts that are no longer accepted; at most a minute old while the table answers.

        Raises:
            botocore.exceptions.ClientError: the list was never read and cannot be; nothing is accepted without it.
        """
        now = time.monotonic()
        if self._revoked is None or now - self._revoked_read >= REREAD_SECONDS:
            try:
                found = self._item("REVOCATIONS")
            except (ClientError, BotoCoreError):
                if self._revoked is None:
                    raise
                return self._revoked  # the last known list stands; the next request asks again
            self._revoked = frozenset(found.get("digests", ()) if found else ())
            self._revoked_read = now
        return self._revoked

    def _item(self, key: str) -> dict[str, Any] | None:
        found = self._dynamodb.get_item(TableName=self._table, Key={"content_key": {"S": key}}).get("Item")
        return values(found) if found else None
