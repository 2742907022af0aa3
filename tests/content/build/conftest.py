"""A copy of the small content tree in ``tests/fixtures/content`` to break and to compile."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from consentry.base.build.findings import Finding
from consentry.cli import main
from consentry.content.build.compile import Compiled, compile_content
from consentry.content.build.content import load_content
from consentry.content.build.units import Settings

FIXTURE = Path(__file__).parents[2] / "fixtures/content"
AS_OF = "2026-11-22"


@dataclass
class Tree:
    """A content tree on disk."""

    root: Path

    def edit(self, path: str, old: str, new: str) -> int:
        """Replace the only occurrence of ``old``; the line it stood on."""
        file = self.root / path
        text = file.read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        file.write_text(text.replace(old, new), "utf-8")
        return text[: text.index(old)].count("\n") + 1

    def line(self, path: str, needle: str) -> int:
        """The first line of the file that holds ``needle``."""
        lines = (self.root / path).read_text("utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if needle in line)

    def compile(self, as_of: str = AS_OF, *, production: bool = False) -> Compiled:
        settings = Settings(datetime.fromisoformat(as_of).replace(tzinfo=UTC), production)
        return compile_content(load_content(self.root, settings.day), settings)

    def run(self, *arguments: str) -> int:
        return main(["content", *arguments, "--root", str(self.root), "--as-of", AS_OF])

    def genuine(self) -> None:
        """As if nothing here were a sample."""
        for path in self.root.rglob("*.yaml"):
            path.write_text(path.read_text("utf-8").replace("sample: true", "sample: false"), "utf-8")

    def approve(self) -> None:
        assert self.run("approve", "--sample") == 0


def blocks(finding: Finding) -> set[str]:
    return {f"{unit.market}/{unit.locale}" for unit in finding.blocks}


def published(compiled: Compiled) -> set[str]:
    return {f"{unit.market}/{unit.locale}" for unit in compiled.units}


def only(compiled: Compiled, rule: str) -> Finding:
    found = [finding for finding in compiled.findings if finding.rule == rule]
    assert len(found) == 1, [f"{f.file}:{f.line} {f.rule} {f.message}" for f in compiled.findings]
    return found[0]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(Path(shutil.copytree(FIXTURE, tmp_path / "content")))


@pytest.fixture(scope="session")
def make_tree() -> Callable[[Path], Tree]:
    return Tree


@pytest.fixture(scope="session")
def compiled() -> Compiled:
    return Tree(FIXTURE).compile()


@pytest.fixture
def helpers() -> dict[str, Callable[..., Any]]:
    return {"blocks": blocks, "published": published, "only": only}
