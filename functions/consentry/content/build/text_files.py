"""A legal text as its file is written: new words in the shape of an old version, or of the text it is made from."""

import json
from collections.abc import Mapping
from datetime import date

from consentry.consent.models import Link, Passage, Text

_Q = json.dumps  # a JSON string is a YAML string


def _quoted(text: str) -> str:
    return _Q(text, ensure_ascii=False)


def _listed(words: list[str]) -> str:
    return f"[{', '.join(words)}]"


def _passage(passage: Passage, words: str, first: str, indent: str) -> list[str]:
    return [f"{first}text: {_quoted(words)}", f"{indent}covers: {_listed(passage.covers)}"]


def _link(link: Link, words: str) -> str:
    covers = f", covers: {_listed(link.covers)}" if link.covers else ""
    return f"  - {{text: {_quoted(words)}, url: {_quoted(link.url)}{covers}}}"


def text_yaml(
    shape: Text,
    words: Mapping[str, str],
    *,
    version: int,
    locale: str,
    since: date,
    until: date | None,
    reference: str | None,
    comments: str = "",
) -> str:
    """``<version>.<locale>.yaml``: the lines of ``words`` (``label``, ``paragraphs[0]`` …) in the shape of a text."""
    end = until.isoformat() if until else "null"
    lines = [
        f"kind: {shape.kind}",
        f"version: {version}",
        f"locale: {locale}",
        f"sample: {'true' if shape.sample else 'false'}",
        f"effective: {{from: {since.isoformat()}, until: {end}}}",
        "label:",
        *_passage(shape.label, words["label"], "  ", "  "),
        "paragraphs:" if shape.paragraphs else "paragraphs: []",
    ]
    for index, paragraph in enumerate(shape.paragraphs):
        lines += _passage(paragraph, words[f"paragraphs[{index}]"], "  - ", "    ")
    lines.append("links:" if shape.links else "links: []")
    lines += [_link(link, words[f"links[{index}]"]) for index, link in enumerate(shape.links)]
    lines.append(f"concepts: {_listed(shape.concepts)}")
    if reference:
        lines.append(f"reference: {reference}")
    return comments + "\n".join(lines) + "\n"


def leading_comments(text: str) -> str:
    """The comment lines at the head of a file."""
    kept = []
    for line in text.splitlines(keepends=True):
        if not line.startswith("#"):
            break
        kept.append(line)
    return "".join(kept)
