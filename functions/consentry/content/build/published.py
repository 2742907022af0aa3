"""What an operator writes into the table ``content``: releases that pages may still post from, and revocations.

Items: ``RELEASE#<id>`` (``rules``, gzip of one ``ReleaseRules``; ``published_at``; ``superseded_at`` once another is
published), ``REVOCATIONS`` (``digests``, which the write functions re-read every minute) and, one for each act,
``REVOCATION#<at>#<digest>`` with who did it and why. Nothing is ever removed: consent records name releases.
"""

import gzip
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from consentry.base.aws import item, values
from consentry.content.build.release import texts_of
from consentry.content.rules import ReleaseRules, Rules

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RELEASE, REVOCATIONS, REVOCATION = "RELEASE#", "REVOCATIONS", "REVOCATION#"


class RevokedTextError(Exception):
    """The release shows what was revoked: every submission would be refused."""


class Shown(NamedTuple):
    """Where a release shows what has this digest."""

    what: str
    """``DE/promotional-email/1.de-DE``, or ``hcp-webinar/DE/de-DE/consentry``."""
    release: str


class Published:
    """The table of one deployment."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def publish(self, rules: Rules, now: str) -> list[str]:
        """Put the package's releases; the ids of releases that this one supersedes.

        A write function of the version before may meet a page of this release; one of the next version, a page of a
        release that its package no longer carries. Before anything is written it is certain that nothing is revoked.

        Raises:
            RevokedTextError: the current release shows revoked texts or documents.
        """
        revoked = self.revoked()
        current = rules["releases"][rules["current"]]
        if found := sorted({what for what, digest in _shown(current) if digest in revoked}):
            raise RevokedTextError(", ".join(found))
        held = {known["content_key"]: known for known in self._scan(RELEASE)}
        for name, release in rules["releases"].items():
            self._put(f"{RELEASE}{name}", release, held.get(f"{RELEASE}{name}", {}).get("published_at", now))
        # A release that was deployed and rolled back is in the table and in no package.
        others = [
            key
            for key, known in held.items()
            if known.get("superseded_at") is None and key.removeprefix(RELEASE) not in rules["releases"]
        ]
        for key in others:
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"content_key": {"S": key}},
                UpdateExpression="SET superseded_at = :now",
                ExpressionAttributeValues={":now": {"S": now}},
            )
        carried = [name for name in rules["releases"] if name != rules["current"]]
        return [*carried, *(key.removeprefix(RELEASE) for key in others)]

    def _put(self, key: str, rules: ReleaseRules, published_at: str) -> None:
        packed = gzip.compress(json.dumps(rules, ensure_ascii=False, separators=(",", ":")).encode(), 9, mtime=0)
        said = {"content_key": key, "rules": packed, "published_at": published_at}
        stored = item({**said, "superseded_at": rules["superseded_at"]})
        self._dynamodb.put_item(TableName=self._table, Item=stored)

    def revoked(self) -> frozenset[str]:
        """Every digest that is revoked."""
        found = self._dynamodb.get_item(
            TableName=self._table, Key={"content_key": {"S": REVOCATIONS}}, ConsistentRead=True
        ).get("Item")
        return frozenset(values(found).get("digests", ()) if found else ())

    def where(self, digests: Collection[str]) -> dict[str, list[Shown]]:
        """Digest to every place in a published release that shows it."""
        found: dict[str, list[Shown]] = {digest: [] for digest in digests}
        for known in self._scan(RELEASE):
            rules: ReleaseRules = json.loads(gzip.decompress(known["rules"]))
            for what, digest in _shown(rules):
                place = Shown(what, known["content_key"].removeprefix(RELEASE))
                if digest in found and place not in found[digest]:
                    found[digest].append(place)
        return found

    def revoke(self, digests: Iterable[str], act: Mapping[str, str], *, lift: bool = False) -> list[str]:
        """Revoke, or with ``lift`` accept again; the digests that it changed anything for.

        ``act``: ``at`` (RFC 3339), ``actor`` and ``reason``, kept beside the list.
        """
        before = self.revoked()
        changed = sorted(digest for digest in set(digests) if (digest in before) is lift)
        for digest in changed:
            key = f"{REVOCATION}{act['at']}#{digest}"
            kept = {"content_key": key, "digest": digest, "action": "lift" if lift else "revoke", **act}
            self._dynamodb.transact_write_items(
                TransactItems=[
                    {
                        "Update": {
                            "TableName": self._table,
                            "Key": {"content_key": {"S": REVOCATIONS}},
                            "UpdateExpression": f"{'DELETE' if lift else 'ADD'} digests :digest",
                            "ExpressionAttributeValues": {":digest": {"SS": [digest]}},
                        }
                    },
                    {"Put": {"TableName": self._table, "Item": item(kept)}},
                ]
            )
        return changed

    def acts(self) -> list[dict[str, Any]]:
        """Every revocation and lift, oldest first: at, actor, action, digest, reason."""
        return sorted(self._scan(REVOCATION), key=lambda act: str(act["content_key"]))

    def _scan(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=self._table,
            ConsistentRead=True,
            FilterExpression="begins_with(content_key, :prefix)",
            ExpressionAttributeValues={":prefix": {"S": prefix}},
        )
        for page in pages:
            yield from map(values, page["Items"])


def _shown(rules: ReleaseRules) -> Iterator[tuple[str, str]]:
    """Every text and document of a release that can be revoked: what it is, its digest."""
    for name, _, digest in texts_of(rules):
        yield name, digest
    for form, said in rules["forms"].items():
        for market, hosted in said["markets"].items():
            for tag, locale in hosted["locales"].items():
                for dialect, digest in locale["projections"].items():
                    yield f"{form}/{market}/{tag}/{dialect}", digest
