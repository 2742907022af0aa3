"""A job as a spreadsheet: one row a string, everything but the translation locked, nothing in it a formula."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from defusedxml.common import DefusedXmlException
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from consentry.content.jobs.model import STATES, Delivery, Job, JobProblem, Returned, State, Unit, check_size, split_id

_SHEET = "translation"
_ABOUT = "about"
_COLUMNS = (
    ("id", 34),
    ("English", 60),
    ("translation", 60),
    ("state", 16),
    ("max. length", 12),
    ("length", 9),
    ("keep as it is", 22),
    ("terms", 46),
    ("where", 46),
    ("markets", 14),
    ("reference", 46),
    ("note", 30),
    ("preview", 40),
    ("stamp", 28),
)
_NAMES = [name for name, _ in _COLUMNS]
_LARGEST_UNPACKED = 200 * 1024 * 1024
_MAX_CELL = 32_767
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# ECMA-376 §22.9.2.19: _xHHHH_ stands for a character; an underscore that only looks like its beginning is escaped.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def write(job: Job) -> bytes:
    """The workbook. Text is stored as text, whatever it begins with.

    Raises:
        JobProblem: a text that no cell can hold.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = _SHEET
    sheet.append(_NAMES)
    for number, (_, width) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        head = sheet.cell(1, number)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="DDE6F0")
    for number, unit in enumerate(job.units, start=2):
        _row(sheet, number, unit)
    last = max(2, len(job.units) + 1)
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{last}"
    sheet.column_dimensions[get_column_letter(_column("stamp"))].hidden = True
    sheet.protection.sheet = True  # without a password: against slips, not against people
    sheet.protection.autoFilter = False
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    _validate(sheet, last)
    about = book.create_sheet(_ABOUT)
    for name, value in (("locale", job.locale), ("source locale", job.source_locale), ("format", "consentry job 1")):
        about.append([name, value])
    about.protection.sheet = True
    # No clock: the same job is the same workbook, but for what the library stamps on saving.
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _column(name: str) -> int:
    return _NAMES.index(name) + 1


def _validate(sheet: Any, last: int) -> None:
    target, state, limit = (get_column_letter(_column(name)) for name in ("translation", "state", "max. length"))
    fits = DataValidation(
        type="custom", formula1=f"OR({limit}2=\"\",LEN({target}2)<={limit}2)", allow_blank=True, errorStyle="warning",
        errorTitle="Too long", error="It does not fit where it is shown: see the column “max. length”.",
    )  # fmt: skip
    fits.add(f"{target}2:{target}{last}")
    states = DataValidation(type="list", formula1=f'"{",".join(STATES)}"', allow_blank=False)
    states.add(f"{state}2:{state}{last}")
    for rule in (fits, states):
        rule.showErrorMessage = True
        sheet.add_data_validation(rule)


def _row(sheet: Any, number: int, unit: Unit) -> None:
    notes = [(name, text) for name, text in unit.notes() if name in {"plural", "previous-english", "prefilled"}]
    codes = next((text for name, text in unit.notes() if name == "placeholders"), "")
    values: Mapping[str, str | int] = {
        "id": unit.id,
        "English": unit.source,
        "translation": unit.target,
        "state": unit.state,
        "max. length": unit.limit or "",
        "keep as it is": codes.removeprefix("keep ").removesuffix(" as they are"),
        "terms": "\n".join(term.advice for term in unit.terms),
        "where": unit.where,
        "markets": ", ".join(unit.markets),
        "reference": unit.reference,
        "note": "\n".join(f"{name}: {text}" for name, text in notes),
        "preview": unit.preview,
        "stamp": unit.mark,
    }
    for position, name in enumerate(_NAMES, start=1):
        cell = sheet.cell(number, position)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.protection = Protection(locked=name not in {"translation", "state"})
        if name == "length":
            # Ours, and over nothing but the length of the cell beside it.
            cell.value = f"=LEN({get_column_letter(_column('translation'))}{number})"
            continue
        _put(cell, values[name], unit.id)


def _put(cell: Cell, value: str | int, id_: str) -> None:
    """A value as text: never a formula, a date or a number of somebody else's making."""
    if isinstance(value, int):
        cell.value = value
        return
    if _ILLEGAL.search(value) or len(value) > _MAX_CELL:
        raise JobProblem(f"{id_}: a cell cannot hold this text (a control character, or over {_MAX_CELL:,} characters)")
    if not value:
        cell.number_format = "@"
        return
    # A carriage return would come back as a line feed.
    kept = _LOOKS_ESCAPED.sub("_x005F_", value).replace("\r", "_x000D_")
    cell.value = kept
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True


def _said(value: Any) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value))


# Back.


def read(data: bytes) -> Delivery:
    """A workbook that came back; columns and rows in any order, saved by any program.

    Raises:
        JobProblem: no workbook, too large when unpacked, or without our columns.
    """
    check_size(data)
    _check_zip(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that the library leaves out and nobody needs here
            book = load_workbook(io.BytesIO(data))
    except Exception as error:  # whatever a damaged file makes the library raise
        if isinstance(error, DefusedXmlException) or isinstance(error.__cause__, DefusedXmlException):
            raise JobProblem("a document type or entities are declared in it; save it as .xlsx again") from None
        raise JobProblem(f"not a workbook that can be read ({type(error).__name__}); save it as .xlsx again") from None
    for sheet in book.worksheets:
        rows = sheet.iter_rows()
        head = [str(cell.value or "").strip().casefold() for cell in next(rows, ())]
        if {"id", "translation"} <= set(head):
            columns = {name: head.index(name.casefold()) for name in _NAMES if name.casefold() in head}
            return Delivery(_locale(book), tuple(_units(rows, columns)))
    raise JobProblem(
        "no sheet has the columns `id` and `translation` in its first row; put them back as they were sent"
    )


def _check_zip(data: bytes) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise JobProblem("an old .xls, or a workbook with a password; save it as .xlsx without one")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile:
        raise JobProblem("not a workbook; save the table as .xlsx, as it was sent") from None
    if unpacked > _LARGEST_UNPACKED:
        raise JobProblem(
            f"{unpacked:,} bytes when unpacked; the limit is {_LARGEST_UNPACKED:,}: deliver the file as sent"
        )


def _locale(book: Any) -> str:
    sheet = book[_ABOUT] if _ABOUT in book.sheetnames else None
    rows = sheet.iter_rows(values_only=True) if sheet is not None else ()
    locale = next((str(row[1]) for row in rows if len(row) > 1 and row[0] == "locale" and row[1]), "")
    if not locale:
        raise JobProblem(
            f"the sheet `{_ABOUT}`, which names the language, is gone; deliver the workbook as it was sent"
        )
    return locale


def _units(rows: Iterable[Sequence[Cell]], columns: Mapping[str, int]) -> Iterator[Returned]:
    for number, row in enumerate(rows, start=2):

        def text(name: str, row: Sequence[Cell] = row) -> str:
            at = columns.get(name)
            value = row[at].value if at is not None and at < len(row) else None
            return "" if value is None else _said(value)

        if not any(cell.value not in {None, ""} for cell in row):
            continue
        cell = row[columns["translation"]]
        key, category = split_id(text("id").strip())
        target, wrong = _target(cell)
        mark = text("stamp").strip()
        sources = (text("English"),) if "English" in columns else ()
        returned = Returned(key, target, category, sources, "translated", mark, f"row {number}", wrong)
        yield _with_state(returned, text("state").strip())


def _with_state(unit: Returned, said: str) -> Returned:
    """Who edits a suggestion has reviewed it: few people change two cells for one string."""
    state: State = "translated"
    if not unit.target.strip():
        state = "new"
    elif said == "needs-review" and ("-" not in unit.mark or unit.untouched):
        state = "needs-review"
    return Returned(unit.key, unit.target, unit.category, unit.sources, state, unit.mark, unit.place, unit.wrong)


def _target(cell: Cell) -> tuple[str, str]:
    """The words of a cell, and what is wrong with it: programs make dates, numbers and formulas of what is typed."""
    value = cell.value
    if cell.data_type in {"f", "e"}:
        return str(
            value
        ), f"the cell holds a formula or an error ({value}): type the words, after an apostrophe if need be"
    if isinstance(value, datetime | date | time):
        return str(value), f"the program made a date of it ({value}): format the cell as text and type the words again"
    if isinstance(value, bool):
        return str(value), f"the program made a truth value of it ({value}): format the cell as text and type it again"
    if isinstance(value, int | float):
        return _number(value), "" if cell.number_format in {"General", "@", "0"} else _formatted(value)
    return ("" if value is None else _said(value)), ""


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _formatted(value: float) -> str:
    return f"the program made a number of it ({value}): format the cell as text and type it again"
