"""YAML with lines: scalars that mean what they look like, and findings that point."""

from datetime import UTC, date, datetime

import pytest
from pydantic import BaseModel, ConfigDict

from consentry.base.build.findings import Finding, Findings, Unit
from consentry.base.build.source import parse, validate
from consentry.base.faults import dotted


def test_scalars_follow_the_core_schema() -> None:
    source, found = parse(
        "a.yaml",
        b"{no: NO, yes: yes, on: on, t: true, n: ~, i: 10, o: 010, d: 2026-01-01, "
        b"at: 2026-01-01T00:00:00Z, s: '1', time: 12:30, f: 1.5}",
    )
    assert found == []
    assert source is not None
    assert source.data == {
        "no": "NO",
        "yes": "yes",
        "on": "on",
        "t": True,
        "n": None,
        "i": 10,
        "o": "010",
        "d": date(2026, 1, 1),
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "s": "1",
        "time": "12:30",
        "f": 1.5,
    }


def test_every_key_has_its_line() -> None:
    source, _ = parse("a.yaml", b"a:\n  b: 1\n  c:\n    - x\n    - {y: 1,\n       z: 2}\n")
    assert source is not None
    lines = {dotted(key): line for key, line in source.lines.items()}
    assert lines == {"": 1, "a": 1, "a.b": 2, "a.c": 3, "a.c[0]": 4, "a.c[1]": 5, "a.c[1].y": 5, "a.c[1].z": 6}
    assert source.line(("a", "c", 1, "missing", "deep")) == 5


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (b"a: 1\nb: [1\nc: 2\n", 3, "not YAML"),
        (b"a: 1\nb:\n  c: 1\n  c: 2\n", 4, "twice"),
        (b"a: 1\nb: \xff\n", 2, "UTF-8"),
        (b"", 1, "empty"),
        (b"# only a comment\n", 1, "empty"),
        (b"a: 2026-13-01\n", 1, "not YAML"),
    ],
)
def test_what_is_not_yaml_is_a_finding_with_its_line(data: bytes, line: int, says: str) -> None:
    source, (finding,) = parse("a.yaml", data)
    assert source is None
    assert (finding.file, finding.line) == ("a.yaml", line)
    assert says in finding.message


def test_decomposed_letters_are_a_warning() -> None:
    source, (finding,) = parse("a.yaml", "name: Mu\u0308ller".encode())
    assert source is not None
    assert (finding.rule, finding.severity) == ("nfc", "warning")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    sizes: list[int] = []


def test_violations_point_at_their_line() -> None:
    source, _ = parse("a.yaml", b"nom: x\nsizes:\n  - 1\n  - two\n")
    assert source is not None
    model, found = validate(source, _Model)
    assert model is None
    assert {(f.line, f.key, f.message) for f in found} == {
        (1, "name", "a required key is missing"),
        (4, "sizes[1]", "it is no whole number"),
        (1, "nom", "unknown key"),
    }
    assert next(f.mend for f in found if f.key == "name") == "add `name:`"
    assert next(f.mend for f in found if f.key == "sizes[1]") == "write one (it is 'two')"


def test_a_finding_met_twice_is_one_that_blocks_both() -> None:
    one, two = Unit("form", "DE", "de-DE"), Unit("form", "CH", "de-CH")
    error = Finding("a.yaml", 1, "k", "schema", "wrong", "mend it")
    warning = Finding("a.yaml", 2, "k", "length", "long", "shorten it", "warning")
    findings = Findings()
    findings.add([warning, error], one)
    findings.add([error], two)
    findings.add([error])
    assert [(f.severity, f.blocks) for f in findings.sorted()] == [("error", (two, one)), ("warning", ())]
    assert findings.blocked() == {one, two}
