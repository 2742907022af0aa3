"""YAML files with the line of every key.

YAML 1.2 scalars: only ``true`` and ``false`` are booleans, so that ``NO`` stays Norway; duplicate keys are refused.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from consentry.base.build.findings import Finding
from consentry.base.faults import Fault, dotted, faults

Key = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.CSafeLoader):
    """libyaml's parser with the scalars of the YAML 1.2 core schema, and timestamps."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 -- PyYAML's own shape


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^(?:0|-?[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?[0-9]+\.[0-9]+$", "-0123456789"),
    ("null", r"^(?:null|~|)$", "n~"),
    ("timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z)?$", "0123456789"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), [*_first, *("" for _ in "x" if _tag == "null")]
    )


@dataclass(frozen=True)
class Source:
    """A parsed file. ``path`` is relative to the content root, with forward slashes."""

    path: str
    data: Any
    lines: Mapping[Key, int]

    def line(self, key: Key) -> int:
        """The line of ``key``, or of its nearest ancestor that exists."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)

    def finding(self, key: Key, rule: str, message: str, mend: str, *, warning: bool = False) -> Finding:
        """A finding at ``key`` of this file."""
        return Finding(
            file=self.path,
            line=self.line(key),
            key=dotted(key),
            rule=rule,
            message=message,
            mend=mend,
            severity="warning" if warning else "error",
        )


class _Duplicate(Exception):
    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key = key
        self.line = line


def _walk(loader: _Loader, node: yaml.Node, key: Key, lines: dict[Key, int]) -> Any:
    lines.setdefault(key, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            name = str(key_node.value)
            if name in mapping:
                raise _Duplicate(dotted((*key, name)), key_node.start_mark.line + 1)
            lines[(*key, name)] = key_node.start_mark.line + 1
            mapping[name] = _walk(loader, value_node, (*key, name), lines)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_walk(loader, item, (*key, index), lines) for index, item in enumerate(node.value)]
    return loader.construct_object(node, deep=True)


def parse(path: str, data: bytes) -> tuple[Source | None, list[Finding]]:
    """Parse YAML bytes. Without a source, the one finding says why."""

    def broken(line: int, key: str, message: str, mend: str) -> tuple[None, list[Finding]]:
        return None, [Finding(path, line, key, "yaml", message, mend)]

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return broken(data.count(b"\n", 0, error.start) + 1, "", "not UTF-8", "save the file as UTF-8")
    lines: dict[Key, int] = {}
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return broken(1, "", "the file is empty", "fill it or delete it")
        value = _walk(loader, node, (), lines)
    except _Duplicate as duplicate:
        return broken(duplicate.line, duplicate.key, "this key appears twice", "keep one of the two")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return broken(mark.line + 1 if mark else 1, "", f"not YAML: {error.problem}", "mend the syntax at this line")
    except ValueError as error:
        return broken(1, "", f"not YAML: {error}", "mend the value")
    finally:
        loader.dispose()
    source = Source(path, value, lines)
    if not unicodedata.is_normalized("NFC", text):
        return source, [
            source.finding((), "nfc", "the file is not in Unicode form NFC", "save it as NFC", warning=True)
        ]
    return source, []


def read(root: Path, path: str) -> tuple[Source | None, list[Finding]]:
    """Read and parse ``root/path``; a missing file is a finding."""
    try:
        data = (root / path).read_bytes()
    except FileNotFoundError:
        return None, [Finding(path, 0, "", "missing-file", "the file does not exist", "create it")]
    return parse(path, data)


def _words(fault: Fault, model: type[BaseModel]) -> tuple[str, str]:
    if fault.code == "extra-forbidden":
        known = ", ".join(sorted(f.alias or name for name, f in model.model_fields.items()))
        return "unknown key", f"remove it or correct its spelling (known beside it or above: {known})"
    if fault.code == "missing":
        return "a required key is missing", f"add `{fault.path[-1]}:`"
    return fault.what, f"{fault.mend} (it is {str(fault.value)[:60]!r})"


def validate(source: Source, model: type[Model], key: Key = (), data: Any = None) -> tuple[Model | None, list[Finding]]:
    """``data`` (the whole file, or the part at ``key``) as ``model``, or one finding per violation."""
    try:
        return model.model_validate(source.data if data is None and not key else data), []
    except ValidationError as invalid:
        found = []
        for fault in faults(invalid):
            message, mend = _words(fault, model)
            found.append(source.finding((*key, *fault.path), "schema", message, mend))
        return None, found
