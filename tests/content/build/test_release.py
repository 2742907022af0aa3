"""The files of a release: complete, consistent with each other, the same bytes every time, the previous one carried."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consentry.base.canonical import digest
from consentry.cli import main
from consentry.content.build.compile import compile_content, release_id
from consentry.content.build.content import load_content
from consentry.content.build.release import PreviousReleaseError, load_previous, release_files
from consentry.content.build.units import Settings

EMAIL_DE = "consent_texts/DE/promotional-email/1.de-DE.yaml"


def build(tree: Any, out: Path, *more: str, as_of: str = "2026-11-22") -> int:
    return main(["content", "build", "--root", str(tree.root), "--out", str(out), "--as-of", as_of, *more])


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def read(folder: Path, path: str) -> Any:
    return json.loads((folder / path).read_bytes())


def test_two_builds_are_identical(tree: Any, tmp_path: Path) -> None:
    assert build(tree, tmp_path / "one") == 0
    assert build(tree, tmp_path / "two") == 0
    one, two = files(tmp_path / "one"), files(tmp_path / "two")
    assert list(one) == list(two)
    assert [path for path in one if one[path] != two[path]] == []
    assert len(one) > 6 * 2 * 3


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.randoms(use_true_random=False))
def test_the_order_of_files_on_disk_does_not_matter(tree: Any, tmp_path: Path, order: Any) -> None:
    """A copy whose files were created in another order gives the same release."""
    found = files(tree.root)
    names = list(found)
    order.shuffle(names)
    copy = tmp_path / f"copy{order.getrandbits(60)}"
    for name in names:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(found[name])
    setting = Settings(datetime(2026, 11, 22, tzinfo=UTC))
    releases = [
        release_files(compile_content(load_content(root, setting.day), setting), None) for root in (tree.root, copy)
    ]
    assert releases[0] == releases[1]


def test_every_file_agrees_with_every_other(tree: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert build(tree, out) == 0
    index, rules = read(out, "definitions/index.json"), read(out, "submissions/rules.json")
    release = index["release"]
    assert release == rules["current"] == read(out, "manifest.json")["release"] == read(out, "report.json")["release"]
    assert rules["grace_hours"] == 72
    assert len(index["documents"]) == 6 * 3
    texts = set()
    for path, said in index["documents"].items():
        _, form, market, locale, dialect = path.split("/")
        data = (out / f"definitions/documents/{path}.json").read_bytes()
        assert digest(data) == said
        assert gzip.decompress((out / f"definitions/documents/{path}.json.gz").read_bytes()) == data
        assert brotli.decompress((out / f"definitions/documents/{path}.json.br").read_bytes()) == data
        body = json.loads(data)
        if dialect == "messages":
            assert body["elsewhere"].endswith("Another country")
            continue
        assert (body["release"], body["form"], body["market"]) == (release, form, market)
        assert (body["locale"], body["dialect"]) == (locale, dialect)
        ruled = rules["releases"][release]["forms"][form]["markets"][market]["locales"][locale]
        assert ruled["projections"][dialect] == said
        assert index["forms"][form]["markets"][market]["documents"][locale][dialect]["digest"] == said
        texts |= {ruled["notice"]["digest"], *(text["digest"] for text in ruled["statements"].values())}
        assert body["notice"]["digest"] == ruled["notice"]["digest"]
    assert {p.stem for p in (out / "texts").iterdir()} == texts
    assert all(digest(p.read_bytes()) == p.stem for p in (out / "texts").iterdir())
    assert read(out, "definitions/problems.json") == read(out, "submissions/problems.json")
    assert set(index["directions"].items()) >= {("ar-SA", "rtl"), ("de-DE", "ltr")}
    assert index["languages"]["de-CH"] == "Deutsch (Schweiz)"
    assert index["markets"]["US-CA"]["place"] == {"country": "US", "region": "CA"}
    assert index["markets"]["US-CA"]["names"]["de-DE"] == "Vereinigte Staaten (Kalifornien)"


def test_the_release_is_named_after_its_inputs(tree: Any, tmp_path: Path) -> None:
    assert build(tree, tmp_path / "one") == 0
    manifest = read(tmp_path / "one", "manifest.json")
    assert release_id(manifest["inputs"]) == manifest["release"]
    assert list(manifest["inputs"]) == sorted(manifest["inputs"])
    assert {path.partition("/")[0] for path in manifest["inputs"]} == {
        "@selection",
        "consent_texts",
        "forms",
        "markets",
        "sites",
    }
    # A comment changes no document and yet is another input; another day changes what is in force, or nothing.
    tree.edit("forms/fields.yaml", "groups:\n", "# a comment\ngroups:\n")
    assert build(tree, tmp_path / "two") == 0
    assert read(tmp_path / "two", "manifest.json")["release"] != manifest["release"]
    assert build(tree, tmp_path / "three", as_of="2026-12-01") == 0
    assert files(tmp_path / "three") == files(tmp_path / "two")


def test_the_previous_release_is_served_on(tree: Any, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert build(tree, first) == 0
    tree.edit("consent_texts/SA/promotional-email/1.ar-SA.yaml", "رسائل ترويجية", "أخبارًا ترويجية")
    tree.approve()
    at = "2026-11-23T08:15:30Z"
    assert build(tree, second, "--previous", str(first), as_of=at) == 0
    before, index = read(first, "definitions/index.json"), read(second, "definitions/index.json")
    old, new = before["release"], index["release"]
    assert index["releases"] == {
        new: {"state": "current"},
        old: {"state": "superseded", "superseded_at": "2026-11-23T08:15:30.000Z"},
    }
    assert before["documents"].items() <= index["documents"].items()
    for path in before["documents"]:
        for ending in (".json", ".json.br", ".json.gz"):
            name = f"definitions/documents/{path}{ending}"
            assert (second / name).read_bytes() == (first / name).read_bytes()
    rules = read(second, "submissions/rules.json")["releases"]
    assert rules[old] == {
        **read(first, "submissions/rules.json")["releases"][old],
        "state": "superseded",
        "superseded_at": "2026-11-23T08:15:30.000Z",
    }
    gone = [p for p in (first / "texts").iterdir() if p.stem not in json.dumps(rules[new])]
    assert [(second / "texts" / p.name).read_bytes() for p in gone] == [p.read_bytes() for p in gone] != []
    assert {p.name for p in (first / "texts").iterdir()} < {p.name for p in (second / "texts").iterdir()}
    # The next build carries one release only, and building the same again keeps the instant it was superseded.
    again = tmp_path / "again"
    assert build(tree, again, "--previous", str(second), as_of="2026-11-30") == 0
    assert read(again, "definitions/index.json") == index
    assert files(again) == files(second)


def test_a_folder_without_a_release_is_no_previous_one(tree: Any, tmp_path: Path) -> None:
    with pytest.raises(PreviousReleaseError):
        load_previous(tmp_path, "r0", datetime(2026, 11, 22, tzinfo=UTC))
    assert build(tree, tmp_path / "out", "--previous", str(tmp_path)) == 2
    assert not (tmp_path / "out").exists()


def test_what_is_blocked_is_not_in_the_release_and_is_listed(tree: Any, tmp_path: Path) -> None:
    (tree.root / "consent_texts/SA/promotional-email/1.ar-SA.yaml").unlink()
    out = tmp_path / "out"
    assert build(tree, out) == 1
    report = read(out, "report.json")
    blocked = {"form": "demo-form", "market": "SA", "locale": "ar-SA"}
    assert report["blocked"] == [blocked]
    assert [f["blocks"] for f in report["findings"]] == [[blocked]]
    index = read(out, "definitions/index.json")
    market = index["forms"]["demo-form"]["markets"]["SA"]
    assert (market["locales"], market["blocked"]) == (["en-SA"], ["ar-SA"])
    assert not [path for path in index["documents"] if "ar-SA" in path]
    rules = read(out, "submissions/rules.json")
    assert list(rules["releases"][rules["current"]]["forms"]["demo-form"]["markets"]["SA"]["locales"]) == ["en-SA"]
    assert not (out / f"definitions/documents/{index['release']}/demo-form/SA/ar-SA").exists()


def test_a_build_replaces_what_was_there(tree: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "texts").mkdir(parents=True)
    (out / "texts/stale.txt").write_text("x")
    assert build(tree, out) == 0
    assert not (out / "texts/stale.txt").exists()
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("out")) == ["out"]


def test_the_words_of_refusals_are_there_in_every_locale(tree: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert build(tree, out) == 0
    problems = read(out, "submissions/problems.json")
    assert problems["default"] == "en-GB"
    assert problems["languages"] == {"de": "de-DE", "ar": "ar-SA", "en": "en-GB"}
    assert set(problems["locales"]) == {"de-DE", "de-CH", "ar-SA", "en-GB", "en-US", "en-SA"}
    assert problems["locales"]["ar-SA"]["problems"]["unknown-form"]["detail"] == "ع Because of unknown-form {form}"
    assert problems["locales"]["de-CH"]["errors"]["required"] == "Ä Answer this question"


def test_a_lock_that_lost_what_is_published_stops_a_production_build(tree: Any, tmp_path: Path, capsys: Any) -> None:
    tree.genuine()
    lock = tree.root / "consent_texts/published.yaml"
    assert tree.run("publish-lock") == 0
    first, second = tmp_path / "first", tmp_path / "second"
    assert build(tree, first, "--production") == 0
    whole = lock.read_text("utf-8")
    name = "DE/promotional-email/1.de-DE"
    at = whole.index(f"{name}:")
    lock.write_text(whole[:at] + whole[whole.index("\n", whole.index("\n", at) + 1) + 1 :], "utf-8")
    tree.edit(EMAIL_DE, "sample: false", "sample: true")
    tree.edit(EMAIL_DE, "Werbung per E-Mail", "Reklame per E-Mail")
    tree.approve()
    tree.genuine()
    assert tree.run("publish-lock") == 0  # other words under the same version, locked as if they were new
    capsys.readouterr()
    assert build(tree, second, "--production", "--previous", str(first)) == 2
    assert not second.exists()
    said = capsys.readouterr().err
    assert f"  {name}: {{example-de: sha256-" in said
    assert "mend: restore the file" in said
    assert build(tree, second, "--previous", str(first)) == 0  # outside production it is said
    assert name in capsys.readouterr().err


def test_what_was_published_before_there_was_a_lock_is_locked_from_the_build(tree: Any, tmp_path: Path) -> None:
    first = tmp_path / "first"
    assert build(tree, first) == 0
    lock = tree.root / "consent_texts/published.yaml"
    tree.edit(EMAIL_DE, "Werbung per E-Mail", "Reklame per E-Mail")
    tree.approve()
    assert tree.run("publish-lock", "--previous", str(first)) == 0
    shown = read(first, "submissions/rules.json")["releases"]
    (release,) = shown.values()
    text = release["forms"]["demo-form"]["markets"]["DE"]["locales"]["de-DE"]["statements"]["promotional-email"]
    assert f"DE/promotional-email/1.de-DE:\n  example-de: {text['digest']}\n" in lock.read_text("utf-8")
    assert {finding.rule for finding in tree.compile().findings} == {"published"}
    assert tree.run("publish-lock", "--previous", str(tmp_path)) == 2
