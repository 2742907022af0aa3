"""What the glossary checker costs: processor time, so that a busy machine changes little."""

import gc
import importlib.util
import io
import json
import resource
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchmarks.glossary_peers import alternation, bounded
from benchmarks.ground import Content
from benchmarks.report import Figure, figure, percentile
from benchmarks.runtime_api import ROOT
from consentry.glossary.build.library import load
from consentry.glossary.decisions import violations
from consentry.glossary.impact import impact
from consentry.glossary.matching.inflect.languages import language
from consentry.glossary.matching.match import Glossary
from consentry.glossary.matching.model import Concept, Term
from consentry.glossary.matching.phrase import Prepared
from consentry.glossary.matching.spot import Entry, Index
from consentry.glossary.rulebook import Rulebook, concepts_in_force
from consentry.glossary.segments import from_json
from support.glossary_material import material, running_text

MEGA = 1_000_000


def _seconds(work: Callable[[], object], rounds: int = 1) -> float:
    gc.collect()
    started = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - started) / rounds


def check(quick: bool) -> list[Figure]:
    """A text of 500 characters against 10,000 concepts and against 100; compiling them."""
    figures = []
    medians = {}
    for size in (100, 10_000):
        rnd, terms = material(size)
        concepts = [
            Concept(
                str(at), {"en": (Term(term),), "de": (Term(term[::-1]), Term(f"{term[::-1]}o", status="forbidden"))}
            )
            for at, term in enumerate(terms)
        ]
        glossary = Glossary(concepts, "de-DE")
        compiled = _seconds(lambda: Glossary(concepts, "de-DE"))  # noqa: B023
        first = _seconds(lambda: glossary.check(terms[0], terms[0][::-1]))  # noqa: B023
        targets = [term[::-1] for term in terms]
        pairs = [(running_text(rnd, terms, 500), running_text(rnd, targets, 500)) for _ in range(50 if quick else 300)]
        for _ in range(2):  # the second round is warm
            times = [_seconds_of(lambda p=pair: glossary.check(*p)) for pair in pairs]  # type: ignore[misc]  # noqa: B023
        medians[size] = percentile(times, 0.5) * 1000
        figures.append(figure(f"check, 500 characters × {size:,} concepts, p50", medians[size], "ms"))
        figures.append(
            figure(f"check, 500 characters × {size:,} concepts, p99", percentile(times, 0.99) * 1000, "ms", at_most=10)
        )
    note = f"without their forbidden terms, which the first check compiles: {first:.2f} s more"
    return [*figures, figure("compiling 10,000 concepts", compiled, "s", at_most=0.5, note=note)]


def _seconds_of(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def spotting(quick: bool) -> list[Figure]:
    """Characters a second, by number of terms; the peers where they end in reasonable time."""
    figures = []
    for size in (100, 1_000, 10_000, 100_000):
        rnd, terms = material(size)
        text = running_text(rnd, terms, 20_000)
        spoken = language("en")
        index = Index(spoken, [Entry(str(at), term) for at, term in enumerate(terms)])
        index.spot(Prepared(text, spoken))
        ours = len(text) / _seconds(lambda: index.spot(Prepared(text, spoken)), 5 if quick else 50) / MEGA  # noqa: B023
        made = figure(f"spotting, {size:,} terms", ours, "M characters/s")
        if size == 100_000:
            made = made._replace(budget="≥ 3 M characters/s", ok=ours >= 3)
        if size <= 10_000:
            naive, edged, part = alternation(terms), bounded(terms), text[: 20_000 * 100 // size]
            speed = len(part) / _seconds(lambda: naive.findall(part)) / MEGA  # noqa: B023
            slower = len(part) / _seconds(lambda: [one.search(part) for one in edged]) / MEGA  # noqa: B023
            note = f"\\b, one by one: {slower:.3g} M characters/s"
            made = made._replace(peer="alternation", peer_value=speed, ratio=ours / speed, note=note)
        figures.append(made)
    return [*figures, _unspaced(quick)]


def _unspaced(quick: bool) -> Figure:
    rnd, _ = material(1)
    characters = [chr(code) for code in range(0x4E00, 0x4E00 + 3_000)]
    terms = sorted({"".join(rnd.choices(characters, k=rnd.choice((2, 3, 4)))) for _ in range(100_000)})
    text = "".join(rnd.choice(terms) if rnd.random() < 0.1 else rnd.choice(characters) for _ in range(20_000))
    spoken = language("zh")
    index = Index(spoken, [Entry(str(at), term) for at, term in enumerate(terms)])
    speed = len(text) / _seconds(lambda: index.spot(Prepared(text, spoken)), 2 if quick else 10) / MEGA
    return figure("spotting, 100,000 terms, Chinese", speed, "M characters/s")


class _Spawn(NamedTuple):
    """Milliseconds of a process: of the processor, and on the wall."""

    cpu: float
    wall: float


def _spawned(code: str) -> _Spawn:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", code], check=True, cwd=ROOT)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return _Spawn(cpu * 1000, wall * 1000)


def importing(quick: bool) -> list[Figure]:
    """What importing the matcher adds to a fresh process, German and French made ready."""
    paths = f"import sys; sys.path.insert(0, {str(ROOT / 'functions')!r}); "
    code = "from consentry.glossary.matching.match import Glossary; Glossary([], 'de-DE'); Glossary([], 'fr-FR')"
    rounds = 5 if quick else 21
    bare, ours = ([_spawned(paths + each) for _ in range(rounds)] for each in ("pass", code))
    cpu = statistics.median(each.cpu for each in ours) - statistics.median(each.cpu for each in bare)
    wall = min(each.wall for each in ours) - min(each.wall for each in bare)
    note = f"processor time, with two languages made ready; on the wall, quietest of {rounds}: {wall:.0f} ms"
    return [figure("import of the matcher, added", cpu, "ms", at_most=60, note=note)]


def _closure() -> Iterator[Path]:
    """The matcher's modules and what they stand on outside the standard library."""
    yield from sorted((ROOT / "functions" / "consentry" / "glossary" / "matching").rglob("*.py"))
    for name in ("Stemmer", "snowballstemmer"):
        found = importlib.util.find_spec(name)
        if found and found.origin:
            origin = Path(found.origin)
            whole = origin.name == "__init__.py"
            yield from (each for each in sorted(origin.parent.rglob("*")) if each.is_file()) if whole else [origin]


def size() -> list[Figure]:
    """Bytes the matcher adds to a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _closure():
            if path.suffix != ".pyc":
                archive.write(path, path.relative_to(path.parents[2]))
    return [figure("matcher and stemmer in a zip", len(packed.getvalue()) / 1e6, "MB", at_most=4)]


def recheck(content: Content, quick: bool) -> list[Figure]:
    """100,000 published segments judged again after one concept came into force, and judged whole."""
    published = from_json(json.loads((content.folder / "editorial" / "segments.json").read_bytes())["segments"])
    library = load(ROOT)
    before = concepts_in_force(file for file in library.files if file.concept != "adverse-event")
    count = 2_000 if quick else 100_000
    # Each its own words: what was judged once would be known.
    every = [
        replace(published[at % len(published)], target=f"{published[at % len(published)].target} {at}")
        for at in range(count)
    ]

    def one() -> None:
        impact(every, before, library.concepts, library.prohibited)

    def whole() -> None:
        list(violations(Rulebook(library.concepts, library.prohibited), every))

    characters = sum(len(each.target) for each in published) // len(published)
    note = f"{len(published)} distinct, {characters} characters on average"
    scale = 100_000 / count
    return [
        figure("100,000 segments, one concept", _seconds(one) * scale, "s", at_most=60, note=note),
        figure("100,000 segments, whole glossary", _seconds(whole) * scale, "s", at_most=60),
    ]


def measure_speed(content: Content, quick: bool) -> list[Figure]:
    """All of it."""
    return [*check(quick), *spotting(quick), *importing(quick), *size(), *recheck(content, quick)]
