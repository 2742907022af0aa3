"""The measurement itself: what counts as what, and any file of the shape."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from consentry.cli import main
from consentry.glossary.bench import BenchDataError, measure, percentile, read_rows

HEADER = "corpus\tlang\tsegment_id\tsource_term\tapproved_alternatives\tlabel\thow\tsurface\tsource\ttarget\n"
ROWS = [
    ("a.de", "de", "medicine", "Arzneimittel|Medikament", "used", "the medicines", "die Medikamente"),
    ("a.de", "de", "medicine", "Arzneimittel", "used", "the medicines", "die Pillen"),
    ("a.de", "de", "medicine", "Arzneimittel", "not-used", "the medicines", "die Pillen"),
    ("a.de", "de", "medicine", "Arzneimittel", "not-used", "the medicines", "das Arzneimittel"),
    ("b.xx", "xx", "medicine", "mbala", "used", 'a "medicine"', 'vu "mbala"'),
    ("c.zh", "zh", "medicine", "药品", "not-used", "a medicine", "一种物品"),
]


def table(rows: Sequence[tuple[str, ...]] = ROWS) -> str:
    cells = [(c, lang, "1", term, approved, label, "", "", s, t) for c, lang, term, approved, label, s, t in rows]
    return HEADER + "".join("\t".join(row) + "\n" for row in cells)


def test_false_alarms_and_detection_are_shares_of_their_own_rows() -> None:
    result = measure(read_rows(table().splitlines(keepends=True)))
    figures = result["corpora"]["a.de"]
    assert (figures["false_alarm_pct"], figures["detection_pct"]) == (50.0, 50.0)
    assert (figures["rows"], figures["source_missed"]) == (4, 0)
    overall = result["overall"]
    assert overall["false_alarm_pct"] == pytest.approx(33.333)
    assert overall["detection_pct"] == pytest.approx(66.667)


def test_nothing_to_count_is_null_not_zero() -> None:
    result = measure(read_rows(table().splitlines(keepends=True)))
    assert result["corpora"]["b.xx"]["detection_pct"] is None
    assert result["corpora"]["c.zh"]["false_alarm_pct"] is None


@pytest.mark.parametrize("name", ["rows.tsv", "rows.tsv.gz"])
def test_the_command_reads_plain_and_packed_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    data = table().encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert main(["bench", "glossary", "--data", str(tmp_path / name), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {"overall", "corpora"}
    assert set(said["corpora"]) == {"a.de", "b.xx", "c.zh"}
    for figures in [said["overall"], *said["corpora"].values()]:
        assert {"false_alarm_pct", "detection_pct", "segments_per_s", "p99_ms"} <= set(figures)
    assert main(["bench", "glossary", "--data", str(tmp_path / name)]) == 0
    assert "overall" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no column corpus"),
        ("corpus\tlang\n", "no column source_term"),
        (HEADER + "a\tb\n", "line 2: 2 cells where the header has 10"),
        (table().replace("\tused\t", "\tyes\t"), "line 2: label is 'yes'"),
    ],
)
def test_another_table_is_refused_with_its_line(content: str, said: str) -> None:
    with pytest.raises(BenchDataError, match=said):
        list(read_rows(content.splitlines(keepends=True)))


def test_an_unreadable_file_is_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.gz").write_bytes(b"not gzip")
    assert main(["bench", "glossary", "--data", str(tmp_path / "x.gz")]) == 2
    assert main(["bench", "glossary", "--data", str(tmp_path / "none.tsv")]) == 2
    assert "consentry bench glossary: " in capsys.readouterr().err


def test_the_percentile_is_one_of_the_values() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert percentile([1.0], 0.5) == 1.0
