"""What of a release an environment hosts: the same documents, and nothing of any other market."""

import json
from pathlib import Path
from typing import Any

from consentry.cli import main

HOSTED = ("CH", "SA")


def build(tree: Any, out: Path, *more: str) -> int:
    return main(["content", "build", "--root", str(tree.root), "--out", str(out), "--as-of", "2026-11-22", *more])


def read(folder: Path, path: str) -> Any:
    return json.loads((folder / path).read_bytes())


def hosting(tree: Any, out: Path, *more: str) -> Path:
    assert build(tree, out, *(word for market in HOSTED for word in ("--market", market)), *more) == 0
    return out


def test_what_is_hosted_is_the_same_release_and_the_same_bytes(tree: Any, tmp_path: Path) -> None:
    out = hosting(tree, tmp_path / "out")
    assert build(tree, tmp_path / "all") == 0
    index, whole = read(out, "definitions/index.json"), read(tmp_path / "all", "definitions/index.json")
    assert index["release"] == whole["release"]
    assert index["documents"] == {p: d for p, d in whole["documents"].items() if p.split("/")[2] in HOSTED} != {}
    for path in index["documents"]:
        name = f"definitions/documents/{path}.json"
        assert (out / name).read_bytes() == (tmp_path / "all" / name).read_bytes()


def test_no_other_market_is_listed_served_or_recorded(tree: Any, tmp_path: Path) -> None:
    out = hosting(tree, tmp_path / "out")
    index, rules = read(out, "definitions/index.json"), read(out, "submissions/rules.json")
    release = rules["releases"][rules["current"]]
    served = {p.parts[-3] for p in (out / "definitions/documents").rglob("*.json")}
    assert served == set(index["markets"]) == set(HOSTED)
    for part in (index, release):
        assert {market for form in part["forms"].values() for market in form["markets"]} == set(HOSTED)
        assert {market for site in part["sites"].values() for market in site["markets"]} == set(HOSTED)
        assert set(part["sites"]) == {"demo"}  # the site of DE has nothing left to show
    # The place of practice is still understood, so that a visitor from elsewhere is told.
    assert release["places"]["US"] == "US"


def test_a_market_taken_off_is_not_carried_with_the_release_before(tree: Any, tmp_path: Path) -> None:
    assert build(tree, tmp_path / "first") == 0
    tree.edit("forms/fields.yaml", "groups:\n", "# another release\ngroups:\n")
    out = hosting(tree, tmp_path / "out", "--previous", str(tmp_path / "first"))
    index, rules = read(out, "definitions/index.json"), read(out, "submissions/rules.json")
    before = read(tmp_path / "first", "definitions/index.json")["release"]
    assert {p.split("/")[2] for p in index["documents"] if p.startswith(before)} == set(HOSTED)
    assert set(rules["releases"][before]["forms"]["demo-form"]["markets"]) == set(HOSTED)
    assert {p.name for p in (out / "definitions/documents" / before / "demo-form").iterdir()} == set(HOSTED)


def test_a_market_that_does_not_exist_is_refused(tree: Any, tmp_path: Path, capsys: Any) -> None:
    assert build(tree, tmp_path / "out", "--market", "XX") == 2
    assert "--market: there is no XX" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
