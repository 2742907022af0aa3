"""How much a visitor downloads: whole documents, and their core without country list and legal texts."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import brotli

from consentry.base.build.findings import Unit
from consentry.forms.build.documents import Projection


def core(document: Mapping[str, Any]) -> dict[str, Any]:
    """A ``consentry`` document without its list of countries and its legal texts."""
    bare = json.loads(json.dumps(document))
    bare.pop("notice")
    for stage in bare["stages"]:
        stage["statements"] = []
        for field in stage["fields"]:
            if field["type"] == "country":
                field.pop("options")
    shorter: dict[str, Any] = bare
    return shorter


def core_size(document: bytes) -> tuple[int, int]:
    """Number of fields, and brotli bytes (quality 11) of the core."""
    bare = core(json.loads(document))
    data = json.dumps(bare, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return sum(len(stage["fields"]) for stage in bare["stages"]), len(brotli.compress(data, quality=11))


def first_fields(projection: Projection, count: int) -> Projection:
    """The projection cut to its first ``count`` fields, stages left without any dropped: a measure across forms."""
    stages = []
    for stage in projection.stages:
        kept = stage.fields[:count]
        count -= len(kept)
        if kept:
            names = {item.placed.name for item in kept}
            properties = {name: rule for name, rule in stage.schema["properties"].items() if name in names}
            stages.append(replace(stage, fields=kept, schema={**stage.schema, "properties": properties}))
    return replace(projection, stages=stages)


def table(release: str, files: Mapping[str, bytes], cores: Mapping[Unit, tuple[int, int]]) -> str:
    """One line per document: bytes as JSON, gzip and brotli; for the canonical dialect also fields and core."""
    lines = [f"{'document':58} {'json':>7} {'gzip':>6} {'br':>6} {'fields':>6} {'core br':>7}"]
    prefix = f"definitions/documents/{release}/"
    for path in sorted(path for path in files if path.startswith(prefix) and path.endswith(".json")):
        form, market, locale, name = path.removeprefix(prefix).split("/")
        line = f"{f'{form}/{market}/{locale}/{name[:-5]}':58} {len(files[path]):7} {len(files[path + '.gz']):6}"
        line += f" {len(files[path + '.br']):6}"
        if name == "consentry.json":
            fields, size = cores[Unit(form, market, locale)]
            line += f" {fields:6} {size:7}"
        lines.append(line)
    return "\n".join(lines)
