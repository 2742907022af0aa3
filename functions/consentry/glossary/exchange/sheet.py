"""Rows of a CSV or TSV file as people save it: any delimiter, a byte order mark, quotes that do not close."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consentry.glossary.exchange.imported import RowProblem
from consentry.glossary.exchange.markup import Broken, not_utf8
from consentry.glossary.exchange.words import rearm

_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LONGEST_CELL = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``line`` is the first line it stands on, counted from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, its delimiter, and what was remarkable about the file."""

    rows: tuple[Row, ...]
    delimiter: str
    problems: tuple[RowProblem, ...]


def decode(data: bytes) -> tuple[str, list[RowProblem]]:
    """The text of a file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark.

    Raises:
        Broken: another encoding; the message says where and which it probably is.

    """
    for mark, encoding in (
        (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    ):  # fmt: skip
        if data.startswith(mark):
            what, mend = f"the file is {encoding.upper()}; it was read so", "save it as UTF-8, which every tool reads"
            try:
                return data.decode(encoding), [RowProblem(0, "", "encoding", what, mend, "warning")]
            except UnicodeDecodeError:
                message = f"the file begins as {encoding.upper()} and breaks off"
                raise Broken(1, "encoding", message, "save it as UTF-8") from None
    if b"\x00" in data[:4096]:
        raise Broken(1, "encoding", "zero bytes: UTF-16 without a byte order mark, or no text", "save it as UTF-8")
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        raise not_utf8(data, error) from None


def sheet(text: str, expected: str, found: list[RowProblem]) -> Sheet:
    """Every row that is not blank. ``expected`` is the delimiter that the file's name promises.

    Raises:
        Broken: a quote that is never closed, or one in the middle of a cell.

    """
    delimiter = _delimiter(text, expected)
    problems = list(found)
    if delimiter != expected:
        what = f"the columns are separated by {_NAMES[delimiter]}, not {_NAMES[expected]}; they were read so"
        problems.append(RowProblem(1, "", "delimiter", what, "nothing, if the columns came out right", "warning"))
    rows = tuple(row for row in _rows(text, delimiter) if any(cell.strip() for cell in row.cells))
    if not rows:
        raise Broken(1, "empty", "the file is empty", "export it again")
    return Sheet(rows, delimiter, tuple(problems))


def _delimiter(text: str, expected: str) -> str:
    """The one that splits the first lines evenly, into most columns; the expected one where nothing decides."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:12]
    if not lines:
        return expected
    if lines[0].lower().startswith("sep=") and lines[0][4:5] in _NAMES:
        return lines[0][4]
    best, most = expected, (0, 0)
    for delimiter in (expected, *_NAMES):
        counts = [_count(line, delimiter) for line in lines]
        even = sum(count == counts[0] for count in counts)
        score = (even if counts[0] else 0, counts[0])
        # A comma inside texts must not win over a tab between them: the header counts before evenness.
        if counts[0] and (score > most or (delimiter != expected and not most[1])):
            best, most = delimiter, score
    return best


def _count(line: str, delimiter: str) -> int:
    quoted, count = False, 0
    for letter in line:
        if letter == '"':
            quoted = not quoted
        elif letter == delimiter and not quoted:
            count += 1
    return count


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    # Tab-separated files of machine translation carry no quoting: a lone quote is a character there.
    plain = delimiter == "\t" and text.count('"') % 2 == 1
    lines = io.StringIO(text, newline="")
    if plain:
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(line, reader.line_num, str(error)) from None
        longest = max((len(cell) for cell in cells), default=0)
        if longest > _LONGEST_CELL:
            raise _broken(line, reader.line_num, "field larger than field limit")
        if not (line == 1 and cells and cells[0].lower().startswith("sep=")):
            yield Row(line, tuple(rearm(cell) for cell in cells))
        line = reader.line_num + 1


def _broken(line: int, at: int, error: str) -> Broken:
    if "unexpected end" in error or "limit" in error:
        message = 'a quote (") is opened in this row and not closed'
        return Broken(line, "quotes", message, "close it, or double it inside a text")
    if "expected after" in error:
        message = f"a quote stands inside a cell (line {at})"
        return Broken(line, "quotes", message, 'write two quotes ("") for one inside a quoted cell')
    return Broken(line, "csv", f"not a table: {error}", "export the file again")


def ragged(row: Row, header: Sequence[str]) -> RowProblem | None:
    """What is wrong with the number of a row's cells."""
    if len(row.cells) == len(header):
        return None
    extra = row.cells[len(header) :]
    if extra and not any(cell.strip() for cell in extra):
        return None
    what = f"{len(row.cells)} cells, but the header has {len(header)}"
    mend = "put texts that hold the delimiter in quotes, and fill the row up"
    return RowProblem(row.line, f"row in line {row.line}", "ragged", what, mend)
