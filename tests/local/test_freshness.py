"""When the release on disk is what compiling now would give."""

import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consentry.content.build import content
from consentry.local import freshness
from consentry.local.freshness import is_fresh

TODAY = datetime.now(UTC).date()


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for path in ("forms/a.yaml", "forms/catalogs/de.po", "markets/DE.yaml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / "compiler.py").write_text("")
    (tmp_path / "glossary" / "concepts").mkdir(parents=True)
    (tmp_path / "glossary" / "concepts" / "dose.yaml").write_text("")
    out = tmp_path / "out"
    for name in freshness.PARTS:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("{}")
    inputs = {
        path: hashlib.sha256((tmp_path / path).read_bytes()).hexdigest()
        for path in ("forms/a.yaml", "forms/catalogs/de.po", "markets/DE.yaml")
    }
    (out / "manifest.json").write_text(json.dumps({"inputs": {"@selection": "0", **inputs}}))
    for path in ("compiler.py", "glossary/concepts/dose.yaml", "glossary/concepts", "glossary"):
        os.utime(tmp_path / path, (0, 0))
    return out


def _fresh(built: Path, days: int = 0) -> bool:
    root = built.parent
    return is_fresh(root, built, TODAY + timedelta(days=days), [root / "compiler.py"])


def test_what_was_just_built_is_fresh(built: Path) -> None:
    written = (built / "manifest.json").stat().st_mtime
    assert datetime.fromtimestamp(written, UTC).date() == TODAY
    assert _fresh(built)


def test_another_day_another_selection(built: Path) -> None:
    assert not _fresh(built, days=1)


def test_a_newer_compiler_counts(built: Path) -> None:
    later = datetime.now(UTC).timestamp() + 60
    os.utime(built.parent / "compiler.py", (later, later))
    assert not _fresh(built)


@pytest.mark.parametrize("path", ["forms/a.yaml", "forms/catalogs/de.po"])
def test_changed_and_removed_content_counts(built: Path, path: str) -> None:
    (built.parent / path).write_text("other")
    assert not _fresh(built)
    (built.parent / path).unlink()
    assert not _fresh(built)


def test_new_content_counts_and_other_files_do_not(built: Path) -> None:
    (built.parent / "forms" / "notes.txt").write_text("")
    assert _fresh(built)
    (built.parent / "markets" / "FR.yaml").write_text("")
    assert not _fresh(built)


def test_a_glossary_that_was_touched_counts_because_it_holds_units_back(built: Path) -> None:
    later = datetime.now(UTC).timestamp() + 60
    concepts = built.parent / "glossary" / "concepts"
    os.utime(concepts / "dose.yaml", (later, later))
    assert not _fresh(built)
    os.utime(concepts / "dose.yaml", (0, 0))
    assert _fresh(built)
    (concepts / "dose.yaml").unlink()
    os.utime(concepts, (later, later))  # as removing does, but that the clock of a test is too quick
    assert not _fresh(built)


@pytest.mark.parametrize("name", ["manifest.json", *freshness.PARTS])
def test_an_incomplete_release_is_not_fresh(built: Path, name: str) -> None:
    (built / name).unlink()
    assert not _fresh(built)


@pytest.mark.parametrize("text", ["", "[", "{}"])
def test_a_broken_manifest_is_not_fresh(built: Path, text: str) -> None:
    (built / "manifest.json").write_text(text)
    assert not _fresh(built)


def test_it_looks_where_the_compiler_looks() -> None:
    assert freshness.FOLDERS == content.FOLDERS
    assert freshness.SUFFIXES == content._SUFFIXES
