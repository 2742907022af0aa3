"""Is a market ready? Per form and locale: green, live with tasks, or blocked, and by what. Pure.

The release's words with the store's approved ones laid over them, judged by the glossary that is enforced now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from consentry.consent.models import Approval, Text
from consentry.content.checking import Rules, approval_of, label_segments, show, text_segment
from consentry.content.workbench import Made, Place, Workbench, approved_words, label_path
from consentry.glossary.concept import Task
from consentry.glossary.decisions import Violation, decide, violations
from consentry.glossary.segments import Segment


@dataclass(frozen=True)
class Version:
    """One version of a legal text. ``state`` is how far its review is."""

    path: str
    text: Text
    state: str


@dataclass(frozen=True)
class Held:
    """What the store holds for a market: ``labels`` by path, ``texts`` by (market, text, locale), oldest first."""

    labels: Mapping[str, Mapping[str, Any]]
    texts: Mapping[tuple[str, str, str], Sequence[Version]]
    approvals: Mapping[str, Sequence[Approval]]
    tasks: Sequence[Task]
    pending: Mapping[str, str] = field(default_factory=dict)
    """Concepts that have just come into force → the re-check that is still opening their tasks."""

    @property
    def over(self) -> dict[str, Made]:
        """Approved words of labels by document path."""
        return approved_words(self.labels)


@dataclass
class _Unit:
    place: Place
    blocks: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        state = "blocked" if self.blocks else "tasks" if self.tasks else "green"
        said: dict[str, Any] = {"form": self.place.form, "locale": self.place.locale, "state": state}
        lists = {"blocks": self.blocks, "tasks": self.tasks, "waiting": self.waiting, "notes": self.notes}
        return {**said, **lists}


def readiness(bench: Workbench, market: str, held: Held, rules: Rules) -> dict[str, Any]:
    """The report of a market: ``state`` is the worst of its units'. Empty ``units``: no form is offered there."""
    over = held.over
    segments: dict[tuple[str, str, str, str], tuple[Segment, list[_Unit]]] = {}
    units = [_Unit(place) for place in bench.places if place.market == market]
    for unit in units:
        shown = _label_segments(bench, unit, over, held)
        shown += _text_segments(bench, unit, held, rules)
        for segment in shown:
            known = segments.setdefault(
                (segment.key, segment.locale, segment.source or "", segment.target), (segment, [])
            )
            known[1].append(unit)
        _other_findings(unit, over, held)
    _violations(segments.values(), held, rules)
    listed = [unit.as_json() for unit in sorted(units, key=lambda u: (u.place.form, u.place.locale))]
    states = {unit["state"] for unit in listed}
    worst = next((state for state in ("blocked", "tasks", "green") if state in states), "blocked")
    return {"market": market, "release": bench.facts.get("release"), "state": worst, "units": listed}


def _label_segments(bench: Workbench, unit: _Unit, over: Mapping[str, Made], held: Held) -> list[Segment]:
    place, found = unit.place, []
    chain = bench.chain(place.locale)
    for id_ in sorted(bench.strings_of(place)):
        facts = bench.facts["strings"].get(id_)
        if facts is None:
            continue
        for name in chain:
            _waiting_label(unit, label_path(name, id_), held)
        resolved = bench.resolve(place.locale, id_, over)
        if resolved.made is None:
            if chain:
                path = label_path(chain[-1], id_)
                message = f"“{_first(facts['source'])}” is not translated; English stands in, and the page says so"
                unit.notes.append(_note(path, "missing-label", message, _put(chain[-1], id_)))
            continue
        path = label_path(resolved.catalog or "", id_)
        if resolved.stale:
            was, now = _first(resolved.made["source"]), _first(facts["source"])
            message = f"translated from “{was}”; the English now reads “{now}”"
            unit.blocks.append(_note(path, "stale", message, f"translate it anew: {_put(resolved.catalog or '', id_)}"))
            continue
        target = resolved.made["target"]
        found += label_segments(path, place.locale, [place], facts["source"], target, facts["limit"])
    return found


def _first(words: Any) -> str:
    return str(words if isinstance(words, str) else next(iter(words.values()), ""))


def _put(locale: str, key: str) -> str:
    return f"PUT /v1/translations/{locale}/{key}"


def _note(path: str, rule: str, message: str, mend: str) -> dict[str, Any]:
    return {"key": path, "rule": rule, "message": message, "mend": mend}


def _waiting_label(unit: _Unit, path: str, held: Held) -> None:
    body = held.labels.get(path)
    if body is None or body.get("state") == "approved":
        return
    locale, _, key = path.rpartition("/")[2].partition("#")
    unit.waiting.append(waiting(path, f"/v1/translations/{locale}/{key}", body["state"], body.get("authors", ())))


def waiting(path: str, address: str, state: str, authors: Iterable[str]) -> dict[str, Any]:
    """An entry of ``waiting``: words that are not in force yet, and who can bring them on."""
    step, scope = ("approval", "translations:approve") if state == "reviewed" else ("review", "translations:review")
    others = f", not {', '.join(authors)}" if authors else ""
    return {"key": path, "state": state, "next": f"POST {address}/{step} by somebody with {scope}{others}"}


def _text_segments(bench: Workbench, unit: _Unit, held: Held, rules: Rules) -> list[Segment]:
    place, found = unit.place, []
    for name in place.facts["texts"]:
        versions: Sequence[Version] = ()
        for market in (place.market, *place.facts["parents"]):
            versions = held.texts.get((market, name, place.locale), ())
            if versions:
                break
        active = _active(bench, unit, name, versions, held, rules.day)
        if active is not None:
            version, shown = active
            found.append(text_segment(version.path, place.locale, [place], shown, version.text))
    return found


def _active(
    bench: Workbench, unit: _Unit, name: str, versions: Sequence[Version], held: Held, day: date
) -> tuple[Version, Any] | None:
    """The newest version that is approved here under its very words; newer ones wait."""
    place = unit.place
    if not versions:
        path = f"consent_texts/{place.market}/{name}/1.{place.locale}"
        message = f"{place.market} has no {name} in {place.locale}, and a legal text never falls back"
        mend = "write its first version as a file and send it with `consentry content push`"
        unit.blocks.append(_note(path, "missing-text", message, mend))
        return None
    for version in reversed(versions):
        address = text_address(version.path)
        if not version.text.effective.holds(day):
            if day < version.text.effective.from_:
                message = f"in force from {version.text.effective.from_}"
                unit.notes.append(_note(version.path, "dates", message, "nothing: it comes into force by itself"))
            continue
        shown = show(bench, place, version.text)
        approvals = held.approvals.get(place.market, ())
        if approval_of(approvals, name, version.text.version, place.locale, shown.digest, day) is not None:
            return version, shown.rendered
        unit.waiting.append(waiting(version.path, address, version.state, ()))
    newest = versions[-1]
    address = text_address(newest.path)
    message = f"no version of {name} in {place.locale} is approved for {place.market} and in force on {day}"
    mend = f"GET {address} says what version {newest.text.version} still needs"
    unit.blocks.append(_note(newest.path, "approval", message, mend))
    return None


def text_address(path: str) -> str:
    """A legal text's address in the API."""
    _, market, name, file = path.split("/")
    version, _, locale = file.partition(".")
    return f"/v1/translations/{locale}/{market}:{name}:{version}"


def _other_findings(unit: _Unit, over: Mapping[str, Made], held: Held) -> None:
    """What the build found, where the words it found it in are still the ones in force."""
    for finding in unit.place.facts["findings"]:
        stem = finding["file"].rpartition(".")[0]
        if f"{stem}#{finding['key']}" in over:
            continue
        newer = [v for key, versions in held.texts.items() for v in versions if stem.startswith("consent_texts/")]
        if any(_same_text(stem, version.path) for version in newer):
            continue
        where = f"{stem}#{finding['key']}" if finding["key"] and finding["file"].endswith(".po") else finding["file"]
        unit.blocks.append(_note(where, finding["rule"], finding["message"], finding["mend"]))


def _same_text(stem: str, path: str) -> bool:
    """Whether ``path`` is a later version of the text at ``stem``."""
    (folder, _, old), (here, _, new) = stem.rpartition("/"), path.rpartition("/")
    before, after = old.split(".", 1), new.split(".", 1)
    return folder == here and before[1:] == after[1:] and before[0].isdigit() and int(after[0]) > int(before[0])


def _violations(segments: Iterable[tuple[Segment, list[_Unit]]], held: Held, rules: Rules) -> None:
    by_words = {id(segment): units for segment, units in segments}
    listed = [segment for segment, _ in segments]
    decided = decide(violations(rules.rulebook, listed), rules.waivers, held.tasks, rules.day)
    for violation, expired in decided.standing:
        entry = _violation(violation)
        if expired:
            entry["expired_waivers"] = [waiver.id for waiver in expired]
        recheck = held.pending.get(violation.judgement.concept)
        if recheck is not None:  # a change of the glossary darkens nothing, not even until its tasks are there
            entry["task"] = {"id": None, "recheck": f"/v1/glossary/rechecks/{recheck}"}
        for unit in by_words[id(violation.segment)]:
            (unit.blocks if recheck is None else unit.tasks).append(entry)
    for violation, task in decided.tasked:
        entry = _violation(violation)
        entry["task"] = {
            "id": task.id,
            "owner": task.owner,
            "due": task.due.isoformat(),
            "overdue": task.due < rules.day,
        }
        for unit in by_words[id(violation.segment)]:
            unit.tasks.append(entry)
    for violation, waiver in decided.waived:
        entry = _note(violation.segment.key, violation.judgement.rule, violation.judgement.reason, "nothing")
        entry |= {"waiver": waiver.id, "expires": waiver.expires.isoformat()}
        for unit in by_words[id(violation.segment)]:
            unit.notes.append(entry)


def _violation(violation: Violation) -> dict[str, Any]:
    said, segment = violation.judgement, violation.segment
    instead = " or ".join(f"“{each}”" for each in said.suggestions)
    action = f"write {instead}" if instead and said.rule != "prohibited-wording" else "take the wording out"
    if segment.kind == "legal":
        address = text_address(segment.key)
        _, _, _, locale, key = address.split("/")
        market, name, _ = key.split(":")
        how = f"{action} in a new version: POST /v1/translations/{market}/{name}/{locale}/versions"
    else:
        catalog, _, key = segment.key.rpartition("/")[2].partition("#")
        how = f"{action}: PUT /v1/translations/{catalog}/{key}"
    entry = _note(segment.key, said.rule, said.reason, how)
    facts = {name: value for name, value in said.as_json().items() if name not in ("rule", "reason")}
    facts |= {"source_digest": segment.source_digest, "target_digest": segment.target_digest}
    return {**entry, "target": segment.target if segment.kind == "label" else None, **facts}
