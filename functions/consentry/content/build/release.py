"""Writing a release: the files of ``.build/content``, precompressed, the previous release carried along."""

import gzip
import json
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli

from consentry.consent.models import text_name
from consentry.content.build import openapi
from consentry.content.build.compile import COMPILER, Compiled, to_bytes
from consentry.content.build.hosting import hosted_index, hosted_rules, market_of
from consentry.content.rules import ReleaseRules, Rules
from consentry.glossary.segments import to_json
from consentry.leads.build import asyncapi

GRACE_HOURS = 72
_WORKERS = 4


class PreviousReleaseError(ValueError):
    """The folder given as the previous release is not one."""


@dataclass
class Previous:
    """What of an earlier build is served on: its release, superseded at ``superseded_at``."""

    folder: Path
    release: str
    superseded_at: str
    rules: ReleaseRules
    documents: dict[str, str]


def rfc3339(instant: datetime) -> str:
    """``2026-11-22T09:30:00.000Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def load_previous(
    folder: Path, release: str, as_of: datetime, markets: Collection[str] | None = None
) -> Previous | None:
    """The release to carry: the build's current one, or, if that is ``release`` itself, the one it carried.

    A market that is hosted no longer (``markets``; all by default) is not carried either.

    Raises:
        PreviousReleaseError: ``folder`` holds no release, or parts of two.
    """
    try:
        index = json.loads((folder / "definitions/index.json").read_bytes())
        rules: Rules = json.loads((folder / "submissions/rules.json").read_bytes())
    except (OSError, ValueError) as error:
        raise PreviousReleaseError(f"{folder} holds no release: {error}") from None
    carried = index["release"]
    if carried != rules["current"]:
        both = f"{carried} is served and {rules['current']} recorded"
        raise PreviousReleaseError(f"{folder} holds two releases: {both}; point every alias `live` to versions of one")
    superseded_at = rfc3339(as_of)
    if carried == release:
        older = [(name, entry["superseded_at"]) for name, entry in index["releases"].items() if name != release]
        if not older:
            return None
        carried, superseded_at = older[0]
    held = rules["releases"][carried]
    held["state"] = "superseded"
    held["superseded_at"] = superseded_at
    documents = {path: digest for path, digest in index["documents"].items() if path.startswith(f"{carried}/")}
    if markets is not None:
        held = hosted_rules(held, markets)
        documents = {path: digest for path, digest in documents.items() if market_of(path) in markets}
    return Previous(folder, carried, superseded_at, held, documents)


def not_locked(previous: Previous, lock: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What the previous release shows and the lock of published texts does not hold to the same words, as its lines."""
    return sorted(
        {
            f"{name}: {{{controller}: {digest}}}"
            for name, controller, digest in texts_of(previous.rules)
            if lock.get(name, {}).get(controller) != digest
        }
    )


def _compressed(data: bytes) -> tuple[bytes, bytes]:
    return brotli.compress(data, mode=brotli.MODE_TEXT, quality=11), gzip.compress(data, 9, mtime=0)


def compress_all(items: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Each file with its ``.br`` (quality 11) and ``.gz`` (level 9, no time); both codecs release the GIL.

    The same bytes are compressed once, and the largest first, so that none is left alone at the end.
    """
    bodies = sorted({data for _, data in items}, key=len, reverse=True)
    with ThreadPoolExecutor(_WORKERS) as pool:
        packed = dict(zip(bodies, pool.map(_compressed, bodies), strict=True))
    files = []
    for path, data in items:
        brotlied, gzipped = packed[data]
        files += [(path, data), (f"{path}.br", brotlied), (f"{path}.gz", gzipped)]
    return files


def _report(compiled: Compiled, files: dict[str, bytes]) -> dict[str, Any]:
    return {
        "release": compiled.release,
        "glossary": compiled.glossary,
        "findings": [finding.as_json() for finding in compiled.findings],
        "published": [{"form": u.form, "market": u.market, "locale": u.locale} for u in sorted(compiled.units)],
        "blocked": [{"form": u.form, "market": u.market, "locale": u.locale} for u in sorted(set(compiled.blocked))],
        "sizes": {
            path.removeprefix("definitions/documents/"): {
                "json": len(data),
                "gzip": len(files[f"{path}.gz"]),
                "brotli": len(files[f"{path}.br"]),
            }
            for path, data in files.items()
            if path.endswith(".json") and path.startswith("definitions/documents/")
        },
    }


def release_files(
    compiled: Compiled, previous: Previous | None, markets: Collection[str] | None = None
) -> dict[str, bytes]:
    """Every file of the release by path, except the documents and texts that are copied from ``previous``.

    ``markets``: what the deployment hosts; all of them by default.
    """
    hosts = {unit.market for unit in compiled.units} if markets is None else markets
    rules: Rules = {
        "current": compiled.release,
        "grace_hours": GRACE_HOURS,
        "releases": {compiled.release: compiled.rules if markets is None else hosted_rules(compiled.rules, markets)},
    }
    index = compiled.index if markets is None else hosted_index(compiled.index, markets)
    if previous is not None:
        rules["releases"][previous.release] = previous.rules
        index["releases"][previous.release] = {"state": "superseded", "superseded_at": previous.superseded_at}
        index["documents"].update(previous.documents)
    to_compress = [
        (f"definitions/documents/{compiled.release}/{u.form}/{u.market}/{u.locale}/{dialect}.json", data)
        for u, bodies in compiled.documents.items()
        if u.market in hosts
        for dialect, data in bodies.items()
    ]
    to_compress += [
        (f"definitions/documents/{compiled.release}/{u.form}/{u.market}/{u.locale}/messages.json", data)
        for u, data in compiled.messages.items()
        if u.market in hosts
    ]
    to_compress.append(("definitions/openapi.json", to_bytes(openapi.document(rules))))
    to_compress.append(("definitions/asyncapi.json", to_bytes(asyncapi.document())))
    files = dict(compress_all(to_compress))
    problems = to_bytes(compiled.problems)
    manifest = {"release": compiled.release, "compiler": COMPILER, "inputs": compiled.inputs}
    files |= {
        "manifest.json": (json.dumps(manifest, indent=1) + "\n").encode(),
        "report.json": to_bytes(_report(compiled, files)),
        "definitions/index.json": to_bytes(index),
        "definitions/problems.json": problems,
        "submissions/rules.json": to_bytes(rules),
        "submissions/problems.json": problems,
        "editorial/segments.json": to_bytes({"release": compiled.release, "segments": to_json(compiled.segments)}),
        "editorial/workbench.json": to_bytes({"release": compiled.release, **compiled.workbench}),
        **{f"texts/{name}.txt": text.encode("utf-8") for name, text in compiled.texts.items()},
    }
    return files


def write_release(out: Path, files: dict[str, bytes], previous: Previous | None) -> None:
    """Write beside ``out`` and put it in its place at the end, so that a reader never sees half a release."""
    fresh = out.with_name(out.name + ".new")
    stale = out.with_name(out.name + ".old")
    for leftover in (fresh, stale):
        if leftover.exists():
            shutil.rmtree(leftover)
    for folder in {(fresh / path).parent for path in files}:
        folder.mkdir(parents=True, exist_ok=True)
    for path, data in files.items():
        (fresh / path).write_bytes(data)
    if previous is not None:
        _carry(previous, fresh)
    if out.exists():
        out.rename(stale)
    fresh.rename(out)
    if stale.exists():
        shutil.rmtree(stale)


def _carry(previous: Previous, into: Path) -> None:
    for document in previous.documents:
        for ending in ("", ".br", ".gz"):
            path = f"definitions/documents/{document}.json{ending}"
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(previous.folder / path, into / path)
    for _, _, digest in texts_of(previous.rules):
        source, target = previous.folder / f"texts/{digest}.txt", into / f"texts/{digest}.txt"
        # What was fetched from a deployment has none: no function reads them.
        if source.exists() and not target.exists():
            shutil.copyfile(source, target)


def texts_of(rules: ReleaseRules) -> Iterator[tuple[str, str, str]]:
    """Every text that the release shows: ``DE/promotional-email/1.de-DE``, controller, digest."""
    for form in rules["forms"].values():
        for market, said in form["markets"].items():
            for tag, locale in said["locales"].items():
                for name, text in ((locale["notice"]["id"], locale["notice"]), *locale["statements"].items()):
                    yield text_name(market, name, text["version"], tag), said["controller"], text["digest"]
