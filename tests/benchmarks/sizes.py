"""How much is downloaded and deployed, how long building takes, and whether it comes out the same twice."""

import hashlib
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import brotli

from benchmarks import ground
from benchmarks.report import Figure, figure
from benchmarks.runtime_api import ROOT
from consentry.content.build.compile import Compiled, compile_content, to_bytes
from consentry.content.build.content import load_content
from consentry.content.build.sizes import core_size, first_fields
from consentry.content.build.units import Settings
from consentry.forms.build.documents import consentry_document
from infra import packaging

FIELDS = 12


def documents(compiled: Compiled) -> dict[str, tuple[int, int]]:
    """Brotli bytes of every projection's first twelve fields: without country list and legal texts, and whole."""
    found = {}
    for unit, made in compiled.units.items():
        projection = first_fields(made.projection, FIELDS)
        data = to_bytes({**consentry_document(projection), "release": compiled.release})
        _, core = core_size(data)
        found[f"{unit.form} {unit.market} {unit.locale}"] = core, len(brotli.compress(data, quality=11))
    return found


def _downloads() -> list[Figure]:
    settings = Settings(datetime.now(UTC).replace(microsecond=0))
    found = documents(compile_content(load_content(ROOT, settings.day), settings))
    figures = []
    for part, name, budget in ((0, "core", 3_000), (1, "whole", 6_000)):
        english = max(each[part] for unit, each in found.items() if unit.endswith(" en-GB"))
        unit, largest = max(((unit, each[part]) for unit, each in found.items()), key=lambda pair: pair[1])
        figures += [
            figure(f"12 fields, {name}, brotli, en-GB", english, "bytes"),
            figure(f"12 fields, {name}, brotli, largest", largest, "bytes", at_most=budget, note=unit),
        ]
    return figures


def _packages(content: ground.Content) -> list[Figure]:
    built = packaging.build(packaging.LAMBDA, ground.BUILD / "packages-lambda", content.folder)
    written = (content.folder / "definitions" / "documents").rglob("*.json")
    documents = sum(file.name != "messages.json" for file in written)
    read = sum(built[name].stat().st_size for name in ("forms-definitions", "content-definitions"))
    return [
        figure(
            "GET package", read, "bytes", at_most=300_000 + 6_000 * documents * 3, note=f"{documents} documents × 3"
        ),
        figure("dependency layer", built["libraries"].stat().st_size, "bytes", at_most=8_000_000),
    ]


def tree(folder: Path) -> str:
    """One digest of every path and byte under a folder; of a zip, of its bytes."""
    made = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        made.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return made.hexdigest()


def _twice() -> list[Figure]:
    day = datetime.now(UTC).date().isoformat()
    first, second = (ground.build_content(ground.BUILD / f"twice-{n}", "--as-of", day) for n in (1, 2))
    functions = []
    for number in (1, 2):
        out = ground.BUILD / f"packages-{number}"
        out.mkdir(parents=True, exist_ok=True)
        zips = [packaging.function("forms-definitions", packaging.LAMBDA, out)]
        zips.append(packaging.content("definitions", out, first.folder if number == 1 else second.folder))
        functions.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in zips])
        assert all(zipfile.is_zipfile(path) for path in zips)
    differ = (tree(first.folder) != tree(second.folder)) + (functions[0] != functions[1])
    seconds = min(first.seconds, second.seconds)
    return [
        figure("builds that differ: content, GET package", differ, "of 2", at_most=0),
        figure("content build", seconds, "s", at_most=5),
    ]


def _infra_tests() -> Figure:
    began = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/infra"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    said = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-200:]
    made = figure("infra tests", seconds, "s", at_most=10, note=said)
    return made if done.returncode == 0 else made._replace(ok=False)


def measure(content: ground.Content) -> list[Figure]:
    """All of it."""
    return [*_downloads(), *_packages(content), *_twice(), _infra_tests()]
