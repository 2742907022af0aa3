"""A workbook opened and saved by LibreOffice, which recalculates, retypes and restyles as it likes.

The files under ``tests/fixtures/jobs`` were made from ``workbook()`` by LibreOffice 7.4: ``soffice --headless
--convert-to xlsx``, and once by way of its own format (``ods``).
"""

from pathlib import Path

import pytest

from consentry.content.jobs import xlsx
from consentry.content.jobs.model import Job, Unit, stamp

SAVED = Path(__file__).parents[2] / "fixtures" / "jobs"
FORMULAS = ("=1+1", "-5", "@SUM(A1)", "'quoted", "{controller.name} =x")
NUMBERS = ("+49 30 901820", "1-2-2026", "03/04", "1e5", "007", "TRUE", "50 %", "12:30")
SCRIPTS = ("العربية {count} \u200f", "医療従事者", "é e\u0301", "a\u00a0b\u202fc")
# LibreOffice loses a tab within a cell, and reads “_x000D_” as what it stands for; no string of a form has them.
MARKUP = ("line\nbreak", "<b>&amp;</b>", '"')
AWKWARD = (*FORMULAS, *NUMBERS, *SCRIPTS, *MARKUP)
UNITS = tuple(
    Unit(f"forms/catalogs/de#t{n}", (text,), text, state="translated", stamp=stamp(str(n), [text], []), limit=90)
    for n, text in enumerate(AWKWARD)
)


def workbook() -> bytes:
    """What was opened."""
    return xlsx.write(Job("de-DE", UNITS))


@pytest.mark.parametrize("data", ["saved-by-libreoffice.xlsx", "saved-by-way-of-ods.xlsx", None])
def test_saved_by_libreoffice_every_text_is_what_it_was(data: str | None) -> None:
    came = xlsx.read((SAVED / data).read_bytes() if data else workbook())
    assert came.locale == "de-DE"
    assert [unit.target for unit in came.units] == list(AWKWARD)
    assert [unit.sources[0] for unit in came.units] == list(AWKWARD)
    assert [(unit.wrong, unit.stamp) for unit in came.units] == [("", unit.stamp) for unit in UNITS]
