"""Whether the compiled release on disk is what compiling now would give."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

# What a release is made of, and what only judges it, as consentry.content.build.content has them; not imported, because
# the compiler costs more than this whole check.
FOLDERS = ("consent_texts", "forms", "markets", "sites")
JUDGES = "glossary"
SUFFIXES = {".yaml", ".po"}
PARTS = ("definitions/index.json", "submissions/rules.json", "editorial/segments.json", "editorial/workbench.json")


def is_fresh(root: Path, built: Path, today: date, compiler: Iterable[Path]) -> bool:
    """True when ``manifest.json`` was written today, after the ``compiler`` files, and names exactly the content.

    The day counts because facts, texts and approvals begin and end on days. The glossary holds units back and is no
    part of a release: it must not have been touched since.
    """
    try:
        manifest: dict[str, Any] = json.loads((built / "manifest.json").read_bytes())
        written = (built / "manifest.json").stat().st_mtime
        for part in PARTS:
            (built / part).stat()
        inputs: dict[str, str] = {path: digest for path, digest in manifest["inputs"].items() if path[0] != "@"}
    except (OSError, ValueError, KeyError):
        return False
    if datetime.fromtimestamp(written, UTC).date() != today:
        return False
    # A folder's own time tells of a file that was removed.
    if any(file.stat().st_mtime > written for file in (*compiler, *root.glob(JUDGES), *(root / JUDGES).rglob("*"))):
        return False
    if set(inputs) != _files(root):
        return False
    return all(hashlib.sha256((root / path).read_bytes()).hexdigest() == digest for path, digest in inputs.items())


def _files(root: Path) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for folder in FOLDERS
        for path in (root / folder).rglob("*")
        if path.suffix in SUFFIXES and path.is_file()
    }
