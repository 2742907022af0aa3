"""Which releases and revocations a write function knows, and how often it asks for them."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from consentry.base.aws import item
from consentry.content.store import Releases
from support import release as hand_made

OLDER = "r" + "c" * 32
NOBODYS = "r" + "d" * 32


class Table:
    """The content table: what lies in it, and what was asked for."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.broken = False

    def get_item(self, **arguments: Any) -> dict[str, Any]:
        key = arguments["Key"]["content_key"]["S"]
        self.asked.append(key)
        if self.broken:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "GetItem")
        return {"Item": item(self.items[key])} if key in self.items else {}

    def publish(self, name: str) -> None:
        rules = gzip.compress(json.dumps(hand_made.release_rules(name)).encode())
        self.items[f"RELEASE#{name}"] = {"content_key": f"RELEASE#{name}", "rules": rules}

    def revoke(self, *digests: str) -> None:
        self.items["REVOCATIONS"] = {"content_key": "REVOCATIONS", "digests": list(digests)}


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock; the test moves it."""
    held = [0.0]
    monkeypatch.setattr("consentry.content.store.time.monotonic", lambda: held[0])
    return held


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def releases(tmp_path: Path, table: Table) -> Releases:
    return Releases(hand_made.write(tmp_path) / "rules.json", table, "content")  # type: ignore[arg-type]


def test_the_current_release_and_the_one_before_are_never_asked_for(releases: Releases, table: Table) -> None:
    assert releases.get(hand_made.RELEASE) == releases.current
    assert releases.get(hand_made.PREVIOUS)
    assert table.asked == []


def test_an_older_release_is_asked_for_once(releases: Releases, table: Table, now: list[float]) -> None:
    table.publish(OLDER)
    for now[0] in (0.0, 1.0, 1000.0):
        assert releases.get(OLDER) == hand_made.release_rules(OLDER)
    assert len(table.asked) == 1


def test_a_release_nobody_published_is_asked_for_once_a_minute(
    releases: Releases, table: Table, now: list[float]
) -> None:
    for now[0] in (0.0, 1.0, 59.0):
        assert releases.get(NOBODYS) is None
    assert len(table.asked) == 1
    table.publish(NOBODYS)
    now[0] = 60.0
    assert releases.get(NOBODYS)


def test_made_up_releases_take_no_memory(releases: Releases) -> None:
    for number in range(200):
        assert releases.get(f"r{number:032x}") is None
    assert len(releases._remembered) <= 16


def test_since_when_an_older_release_is_superseded_is_said_by_its_item(releases: Releases, table: Table) -> None:
    table.publish(OLDER)
    table.items[f"RELEASE#{OLDER}"]["superseded_at"] = "2026-11-22T00:00:00.000Z"
    found = releases.get(OLDER)
    assert found is not None
    assert found["superseded_at"] == "2026-11-22T00:00:00.000Z"


def test_a_list_of_revocations_that_was_emptied_revokes_nothing(releases: Releases, table: Table) -> None:
    table.items["REVOCATIONS"] = {"content_key": "REVOCATIONS"}
    assert releases.revoked() == frozenset()


def test_revocations_are_read_once_a_minute(releases: Releases, table: Table, now: list[float]) -> None:
    assert releases.revoked() == frozenset()
    table.revoke("sha256-x")
    now[0] = 59.0
    assert releases.revoked() == frozenset()
    now[0] = 60.0
    assert releases.revoked() == {"sha256-x"}
    assert len(table.asked) == 2


def test_the_last_known_revocations_stand_while_the_table_fails(
    releases: Releases, table: Table, now: list[float]
) -> None:
    table.revoke("sha256-x")
    assert releases.revoked() == {"sha256-x"}
    table.broken, now[0] = True, 120.0
    assert releases.revoked() == {"sha256-x"}


def test_without_ever_having_read_the_revocations_nothing_is_accepted(releases: Releases, table: Table) -> None:
    table.broken = True
    with pytest.raises(ClientError):
        releases.revoked()
