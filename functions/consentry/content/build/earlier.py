"""The English of an earlier release, read from its documents: what has changed since is what a job is about."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from consentry.content.build.content import Content

English = dict[str, tuple[str, ...]]
BUILT = Path(".build/content")


class EarlierReleaseError(Exception):
    """There is no such release; the message says where it was looked for."""


def english_of(content: Content, root: Path, release: str) -> English:
    """What of a release English pages show: strings by id, versions of legal texts by ``GB/profiling``.

    ``release``: its id, or the folder of a build. Strings that no English page shows are not in it.

    Raises:
        EarlierReleaseError: neither a release of the build nor a folder that holds one.
    """
    folder = Path(release) if (Path(release) / "definitions/index.json").is_file() else root / BUILT
    try:
        index = json.loads((folder / "definitions/index.json").read_bytes())
    except (OSError, ValueError):
        raise EarlierReleaseError(f"no build in {folder}: run `consentry content build`, or name its folder") from None
    name = index["release"] if folder == Path(release) else release
    if name not in index["releases"]:
        held = ", ".join(index["releases"])
        raise EarlierReleaseError(f"{folder} holds no release {release}; it holds {held}")
    found: English = {}
    documents = folder / "definitions/documents" / name
    source = [tag for tag, locale in content.locales.items() if not locale.catalogs]
    for tag in source:
        for path in sorted(documents.glob(f"*/*/{tag}/consentry.json")):
            document = json.loads(path.read_bytes())
            found |= dict(_strings(document, content))
            found |= dict(_texts(document))
        for path in sorted(documents.glob(f"*/*/{tag}/messages.json")):
            found |= dict(_ui(json.loads(path.read_bytes())))
    if name == index["release"]:
        said = json.loads((folder / "definitions/problems.json").read_bytes())["locales"]
        found |= dict(_refusals(said[index["default_locale"]]))
    return found


def _refusals(said: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for code, text in said["errors"].items():
        yield f"error.{code}", (text,)
    for code, texts in said["problems"].items():
        for part in ("title", "detail"):
            yield f"problem.{code}.{part}", (texts[part],)


def _texts(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    shown = [document["notice"], *(text for stage in document["stages"] for text in stage["statements"])]
    for text in shown:
        yield f"{document['market']}/{text['id']}", (str(text["version"]),)


def _ui(words: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, text in words.items():
        yield f"ui.{key}", (text,) if isinstance(text, str) else (text["one"], text["other"])


def _strings(document: Mapping[str, Any], content: Content) -> Iterator[tuple[str, tuple[str, ...]]]:
    name = f"form.{document['form']}"
    yield f"{name}.title", (document["title"],)
    yield f"{name}.intro", (document.get("intro", ""),)
    for part, text in document["done"].items():
        yield f"{name}.done.{part}", (text,)
    yield from _ui(document.get("messages", {}))
    for stage in document["stages"]:
        for part in ("title", "intro", "submit"):
            yield f"{name}.stage.{stage['id']}.{part}", (stage.get(part, ""),)
        for item in stage["fields"]:
            yield from _field(item, content)


def _field(item: Mapping[str, Any], content: Content) -> Iterator[tuple[str, tuple[str, ...]]]:
    name = f"field.{item['name']}"
    yield f"{name}.label", (item["label"],)
    yield f"{name}.help", (item.get("help", ""),)
    spec = content.library.fields.get(item["name"])
    # A telephone field's sentences stand there with the market's example in them.
    for code, text in item["errors"].items() if item["type"] != "phone" else ():
        yield f"{name}.error.{code}", (text,)
    if spec is not None and spec.options is not None:
        for code, label in item.get("options", ()):
            yield f"option.{spec.options}.{code}", (label,)
