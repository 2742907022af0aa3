"""A legal text as the YAML of its file, and what such files begin with."""

from collections.abc import Sequence
from pathlib import Path

from consentry.base.build.yaml_text import flow, quoted
from consentry.consent.models import Passage, Text


def text_yaml(text: Text, comments: Sequence[str] = ()) -> str:
    """``consent_texts/<MARKET>/<text>/<version>.<locale>.yaml``."""
    effective = {"from": text.effective.from_, "until": text.effective.until}
    lines = [*comments, f"kind: {text.kind}", f"version: {text.version}", f"locale: {text.locale}"]
    if text.sample:
        lines.append("sample: true")
    lines += [f"effective: {flow(effective)}", "label:", *_passage(text.label, "  ", "  ")]
    lines.append("paragraphs:" if text.paragraphs else "paragraphs: []")
    for paragraph in text.paragraphs:
        lines += _passage(paragraph, "  - ", "    ")
    lines.append("links:" if text.links else "links: []")
    for link in text.links:
        covers = f", covers: {flow(link.covers)}" if link.covers else ""
        lines.append(f"  - {{text: {quoted(link.text)}, url: {quoted(link.url)}{covers}}}")
    lines.append(f"concepts: {flow(text.concepts)}")
    if text.reference:
        lines.append(f"reference: {text.reference}")
    return "\n".join(lines) + "\n"


def _passage(passage: Passage, first: str, rest: str) -> list[str]:
    return [f"{first}text: {quoted(passage.text)}", f"{rest}covers: {flow(passage.covers)}"]


def opening_comments(root: Path, file: str) -> list[str]:
    """The comment lines that a file begins with; none where there is no such file."""
    try:
        lines = (root / file).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return lines[: next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))]
