"""A release on a deployed stack: what is live is found again, the next is published, and a text is revoked."""

import json
from pathlib import Path

from infra.deployed import fetch
from infra.environment import load

from consentry.cli import main
from consentry.content.build.published import Published
from e2e.emulator import Deployed


def test_what_is_live_is_the_release_that_was_deployed(deployed: Deployed, release: Path, tmp_path: Path) -> None:
    found = fetch(deployed.functions, load("e2e"), tmp_path / "live")
    assert found is not None
    for part in ("definitions", "submissions"):
        built = {path.relative_to(release / part): path for path in (release / part).rglob("*") if path.is_file()}
        assert {path.relative_to(found / part) for path in (found / part).rglob("*") if path.is_file()} == set(built)
        assert all((found / part / name).read_bytes() == path.read_bytes() for name, path in built.items())
    again = ["content", "build", "--previous", str(found), "--as-of", "2026-11-22", "--out", str(tmp_path / "next")]
    assert main(again) in (0, 1)


def test_the_table_of_a_deployment_takes_releases_and_revocations(deployed: Deployed, release: Path) -> None:
    rules = json.loads((release / "submissions/rules.json").read_bytes())
    table = Published(deployed.dynamodb, deployed.name("content"))
    assert table.publish(rules, "2026-11-22T00:00:00.000Z") == []
    form = rules["releases"][rules["current"]]["forms"]["hcp-webinar"]
    digest = form["markets"]["GB"]["locales"]["en-GB"]["projections"]["rjsf"]
    where = ["--environment", "e2e", "--endpoint-url", f"http://127.0.0.1:{deployed.port}"]
    assert main(["content", "revoke", digest, "--reason", "For this test alone", *where]) == 0
    assert table.revoked() == {digest}
    assert main(["content", "revoke", digest, "--lift", "--reason", "For this test alone", *where]) == 0
    assert table.revoked() == frozenset()
