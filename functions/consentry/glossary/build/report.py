"""What ``consentry glossary check`` prints: for people, for programs, and SARIF 2.1.0 for code review tools."""

import argparse
import hashlib
import json
from typing import Any
from urllib.parse import quote

from consentry.glossary.build.check import Checked, CheckError, Report, Settings, check_files
from consentry.glossary.build.saying import FINDINGS, OK, USAGE, refuse, say

_RULES = {
    "missing-term": "The approved term of a concept in the source is missing from the translation",
    "unwanted-term": "A deprecated or forbidden term stands in the translation",
    "name-changed": "A name that is not translated was changed",
    "prohibited-wording": "The market does not allow this promotional wording",
    "proposed-form": "An inflected form of the approved term that nobody has approved yet",
    "look-alike": "A letter of another script, or a character nobody sees, stands in a word",
}
_LEVELS = {"block": "error", "review": "warning", "pass-with-proposed-form": "note"}


def command(options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    settings = Settings(options.root, options.locale, options.market, options.source, options.source_locale)
    try:
        report = check_files(options.files, settings)
    except CheckError as error:
        return refuse("check", error)
    if options.format == "text":
        say(text(report))
    else:
        say(json.dumps({"sarif": sarif, "json": as_json}[options.format](report), ensure_ascii=False, indent=1))
    for problem in report.unread:
        refuse("check", problem)
    return USAGE if report.unread else FINDINGS if report.blocks else OK


def text(report: Report) -> str:
    """Lines for people: what blocks first, then what is for review; passes are only counted."""
    lines: list[str] = []
    for outcome in ("block", "review"):
        for result in report.results:
            if result.judgement.outcome == outcome:
                lines += _lines(result)
    counts = (
        f"{report.segments} segments, {report.concepts} concepts: {report.count('block')} block, "
        f"{report.count('review')} for review, {report.count('pass-with-proposed-form')} forms proposed, "
        f"{report.count('pass')} pass"
    )
    return "\n".join([*lines, *report.notes, counts])


def _lines(result: Checked) -> list[str]:
    judgement, piece = result.judgement, result.piece
    where = f"{result.file}:{piece.line}:"
    concept = f" [{judgement.concept}]" if judgement.concept else ""
    lines = [
        f"{where} {piece.key}: {judgement.outcome}: {judgement.reason}{concept}",
        f"    target: {piece.target}",
    ]
    if judgement.suggestions:
        lines.append(f"    write: {' or '.join(judgement.suggestions)}")
    return lines


def as_json(report: Report) -> dict[str, Any]:
    """Every judgement, passes included, with its position."""
    return {
        "unread": list(report.unread),
        "notes": list(report.notes),
        "segments": report.segments,
        "concepts": report.concepts,
        "counts": {
            outcome: report.count(outcome) for outcome in ("block", "review", "pass-with-proposed-form", "pass")
        },
        "results": [
            {
                "file": result.file,
                "line": result.piece.line,
                "key": result.piece.key,
                "source": result.piece.source,
                "target": result.piece.target,
                **result.judgement.as_json(),
            }
            for result in report.results
        ],
    }


def sarif(report: Report) -> dict[str, Any]:
    """SARIF 2.1.0; block is an error, review a warning, a proposed form a note; passes are left out."""
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "consentry glossary",
                        "rules": [{"id": rule, "shortDescription": {"text": words}} for rule, words in _RULES.items()],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not report.unread,
                        "toolExecutionNotifications": [
                            *({"level": "error", "message": {"text": problem}} for problem in report.unread),
                            *({"level": "note", "message": {"text": note}} for note in report.notes),
                        ],
                    }
                ],
                "results": [_sarif_result(r) for r in report.results if r.judgement.outcome in _LEVELS],
            }
        ],
    }


def _sarif_result(result: Checked) -> dict[str, Any]:
    judgement = result.judgement
    return {
        "ruleId": judgement.rule,
        "ruleIndex": list(_RULES).index(judgement.rule),
        "level": _LEVELS[judgement.outcome],
        "message": {"text": f"{result.piece.key}: {judgement.reason}"},
        "partialFingerprints": {"segment/v1": _fingerprint(result)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(result.file.replace("\\", "/"))},
                    "region": {"startLine": max(1, result.piece.line)},
                },
                "logicalLocations": [{"fullyQualifiedName": result.piece.key}],
            }
        ],
        "properties": {
            "concept": judgement.concept,
            "side": judgement.side,
            "start": judgement.start,
            "end": judgement.end,
            "found": judgement.found,
            "suggestions": list(judgement.suggestions),
        },
    }


def _fingerprint(result: Checked) -> str:
    """The same finding in the next run, wherever its line has moved: by key, rule, concept and what was found."""
    judgement = result.judgement
    parts = (result.piece.key, judgement.rule, judgement.concept, judgement.found)
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:32]
