"""A workbook opened and saved by LibreOffice, which recalculates, retypes and restyles as it likes."""

import shutil
import subprocess
from pathlib import Path

import pytest

from consentry.content.jobs import xlsx
from consentry.content.jobs.model import Job, Unit, stamp

OFFICE = shutil.which("soffice")
FORMULAS = ("=1+1", "-5", "@SUM(A1)", "'quoted", "{controller.name} =x")
NUMBERS = ("+49 30 901820", "1-2-2026", "03/04", "1e5", "007", "TRUE", "50 %", "12:30")
SCRIPTS = ("العربية {count} \u200f", "医療従事者", "é e\u0301", "a\u00a0b\u202fc")
# LibreOffice loses a tab within a cell, and reads “_x000D_” as what it stands for; no string of a form has them.
MARKUP = ("line\nbreak", "<b>&amp;</b>", '"')
AWKWARD = (*FORMULAS, *NUMBERS, *SCRIPTS, *MARKUP)


@pytest.mark.skipif(
    OFFICE is None, reason="LibreOffice is not installed (soffice): apt-get install libreoffice-calc-nogui"
)
@pytest.mark.parametrize("way", ["xlsx", "ods"])
def test_saved_by_libreoffice_every_text_is_what_it_was(tmp_path: Path, way: str) -> None:
    texts = list(AWKWARD)
    units = [
        Unit(f"forms/catalogs/de#t{n}", (text,), text, state="translated", stamp=stamp(str(n), [text], []), limit=90)
        for n, text in enumerate(texts)
    ]
    (tmp_path / "job.xlsx").write_bytes(xlsx.write(Job("de-DE", tuple(units))))
    out, file = tmp_path / "out", tmp_path / "job.xlsx"
    for kind in ["ods", "xlsx"] if way == "ods" else ["xlsx"]:
        command = [str(OFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind]
        done = subprocess.run([*command, "--outdir", str(out), str(file)], capture_output=True, timeout=120, check=True)
        file = out / f"job.{kind}"
        assert file.exists(), done.stderr
    came = xlsx.read(file.read_bytes())
    assert came.locale == "de-DE"
    assert [unit.target for unit in came.units] == texts
    assert [unit.sources[0] for unit in came.units] == texts
    assert [(unit.wrong, unit.stamp) for unit in came.units] == [("", unit.stamp) for unit in units]
