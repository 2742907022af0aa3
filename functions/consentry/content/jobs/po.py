"""A job as a gettext catalog: ``msgctxt`` is the unit's key, extracted comments carry what a translator must know."""

import io
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po

from consentry.base.po_lines import stray_line
from consentry.content.jobs.model import Delivery, Job, JobProblem, Returned, Unit, check_size

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_STAMP = "stamp: "


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'


def _comment(text: str) -> str:
    return " ".join(text.split())


def _entry(units: Sequence[Unit]) -> Iterator[str]:
    first = units[0]
    for name, text in first.notes():
        if name not in {"plural", "previous-english", "stamp"}:
            yield f"#. {name}: {_comment(text)}"
    yield f"#. {_STAMP}{first.mark}"
    if any(unit.state == "needs-review" for unit in units):
        yield "#, fuzzy"
    if first.previous:
        yield f"#| msgid {_quoted(first.previous)}"
    yield f"msgctxt {_quoted(first.key)}"
    yield f"msgid {_quoted(first.sources[0])}"
    if first.category:
        yield f"msgid_plural {_quoted(first.sources[-1])}"
        for index, unit in enumerate(units):
            yield f"msgstr[{index}] {_quoted(unit.target)}"
    else:
        yield f"msgstr {_quoted(first.target)}"
    yield ""


def write(job: Job) -> bytes:
    """The catalog, UTF-8, without dates: the same job is the same bytes. Plural forms in the order of the units."""
    head = [
        "Project-Id-Version: consentry",
        f"Language: {job.locale.replace('-', '_')}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {job.plural_forms}",
        f"X-Source-Language: {job.source_locale}",
    ]
    lines = ['msgid ""', 'msgstr ""', *(_quoted(f"{line}\n") for line in head), ""]
    for _, units in groupby(job.units, key=lambda unit: unit.key):
        lines += _entry(list(units))
    return "\n".join(lines).encode("utf-8")


def read(data: bytes, categories: Callable[[str], Sequence[str]]) -> Delivery:
    """A catalog that came back; ``categories`` names the plural categories of a locale in gettext's order.

    Raises:
        JobProblem: not a catalog, not UTF-8, or without a language.
    """
    check_size(data)
    if b"msgid" not in data:
        raise JobProblem("not a gettext catalog: no msgid in it; deliver the PO file that you were sent")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = data.count(b"\n", 0, error.start) + 1
        raise JobProblem(f"line {at}: not UTF-8; save the file as UTF-8") from None
    if stray := stray_line(text):
        number, said = stray
        raise JobProblem(f"line {number}: {said[:60]} is no line of a catalog: mind the quotation marks around texts")
    try:
        catalog = read_po(io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")), abort_invalid=True)
    except PoFileError as error:
        raise JobProblem(f"line {(error.lineno or 0) + 1}: {error}; mend the entry at this line") from None
    except (ValueError, LookupError) as error:
        raise JobProblem(f"{error}; deliver the header as you were sent it") from None
    locale = (catalog.locale_identifier or "").replace("_", "-")
    if not locale:
        raise JobProblem("the header has no Language; write `Language: de_DE`, as in the file that you were sent")
    names = categories(locale)
    return Delivery(locale, tuple(unit for message in catalog if message.id for unit in _returned(message, names)))


def _returned(message: Message, categories: Sequence[str]) -> Iterator[Returned]:
    plural = isinstance(message.id, (list, tuple))
    sources = tuple(message.id) if plural else (str(message.id),)
    texts = list(message.string) if isinstance(message.string, (list, tuple)) else [message.string or ""]
    mark = next((c.removeprefix(_STAMP) for c in message.auto_comments if c.startswith(_STAMP)), "")
    for index, text in enumerate(texts):
        category = (categories[index] if index < len(categories) else f"form {index}") if plural else ""
        yield Returned(
            key=message.context or "",
            target=text,
            category=category,
            sources=sources,
            state="new" if not text else "needs-review" if message.fuzzy else "translated",
            mark=mark.strip(),
            place=f"line {message.lineno or 0}",
        )
