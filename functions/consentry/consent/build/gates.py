"""Which version of a legal text may be shown, and everything that stands against it. No text ever falls back."""

from dataclasses import dataclass
from datetime import date

from consentry.base.build.findings import Finding, errors
from consentry.consent.build.library import FOLDER, LOCK, ConsentLibrary, TextFile, text_key
from consentry.consent.build.texts import render
from consentry.consent.models import Approval, Controller, text_name
from consentry.consent.wording import Objection, Rendered, lacking_elements, objections


@dataclass(frozen=True)
class Place:
    """Where a text is to be shown. ``parents``: markets whose texts stand in when this one has none of its own."""

    market: str
    parents: tuple[str, ...]
    locale: str
    rtl: bool
    on: date


@dataclass(frozen=True)
class ActiveText:
    """The version in force, rendered. ``until`` is the first day it may no longer be shown, if known."""

    file: TextFile
    id: str
    version: int
    rendered: Rendered
    digest: str
    sample: bool
    until: date | None


def candidates(library: ConsentLibrary, place: Place, text: str) -> list[TextFile]:
    """Versions of the text for this market and locale, oldest first: its own, else the nearest parent's."""
    for market in (place.market, *place.parents):
        files = library.texts.get((market, text, place.locale))
        if files or text_key(market, text, place.locale) in library.broken:
            return files or []
    return []


def approved(library: ConsentLibrary, place: Place, file: TextFile, digest: str) -> Approval | None:
    """The approval in force under these very words, the longest-lived if several."""
    matching = [
        approval
        for approval in library.approvals.get(place.market, [])
        if (approval.text, approval.version, approval.locale, approval.digest)
        == (file.id, file.text.version, place.locale, digest)
        and approval.at.date() <= place.on < approval.expires
    ]
    return max(matching, key=lambda approval: (not approval.sample, approval.expires), default=None)


def _why_unapproved(library: ConsentLibrary, place: Place, file: TextFile, digest: str) -> Finding:
    same = [
        a
        for a in library.approvals.get(place.market, [])
        if (a.text, a.version, a.locale) == (file.id, file.text.version, place.locale)
    ]
    mend = f"have {digest} approved in {FOLDER}/approvals/{place.market}.yaml"
    if file.text.sample:
        mend += f" (sample texts: `consentry content approve --sample --market {place.market}`)"
    if not same:
        message = f"version {file.text.version} is not approved for {place.market}"
    elif all(a.digest != digest for a in same):
        message = f"the words changed after they were approved for {place.market}: the approval's digest is another"
    else:
        message = f"the approval for {place.market} is not in force on {place.on}"
    return file.source.finding((), "approval", message, mend)


def _locked(library: ConsentLibrary, place: Place, file: TextFile, controller: str, digest: str) -> list[Finding]:
    held = library.published.get(text_name(place.market, file.id, file.text.version, place.locale), {}).get(controller)
    if held is None or held == digest:
        return []
    path = file.source.path
    following = f"{path.rpartition('/')[0]}/{file.text.version + 1}.{place.locale}.yaml"
    message = f"version {file.text.version} is published for {place.market} as {held}, and now reads differently"
    mend = f"restore it, and write the new words as {following} (a change of the controller's data needs one too)"
    return [file.source.finding((), "published", message, mend)]


def unlocked(
    library: ConsentLibrary, place: Place, text: ActiveText, controller: str, *, production: bool
) -> list[Finding]:
    """A genuine text about to be published that nothing holds to its words; in production that stops it."""
    name = text_name(place.market, text.id, text.version, place.locale)
    if text.sample or controller in library.published.get(name, {}):
        return []
    message = f"version {text.version} is not locked for {place.market}: once published its words must not change"
    mend = f"run `consentry content publish-lock` and commit {LOCK}"
    return [text.file.source.finding((), "lock", message, mend, warning=not production)]


def _elements(file: TextFile, required: set[str], market: str) -> list[Finding]:
    return [_finding(file, objection) for objection in lacking_elements(file.text, required, market)]


def _words(file: TextFile, rendered: Rendered, locale: str) -> list[Finding]:
    return [_finding(file, objection) for objection in objections(file.text, rendered, locale)]


def _finding(file: TextFile, said: Objection) -> Finding:
    return file.source.finding(said.key, said.rule, said.message, said.mend, warning=said.warning)


def _missing(library: ConsentLibrary, place: Place, text: str) -> list[Finding]:
    broken = [
        finding
        for market in (place.market, *place.parents)
        for finding in library.broken.get(text_key(market, text, place.locale), [])
        if finding.severity == "error"
    ]
    if broken:
        return broken
    path = f"{FOLDER}/{place.market}/{text}/1.{place.locale}.yaml"
    message = f"{place.market} has no {text} in {place.locale}, and a legal text never falls back"
    return [Finding(path, 0, "", "missing-text", message, "write it")]


def active_text(
    library: ConsentLibrary, place: Place, text: str, controller: Controller, required: set[str]
) -> tuple[ActiveText | None, list[Finding]]:
    """The newest version that is in force and approved, with every gate passed; else what stands against it.

    A newer version without approval only warns: the approved one stays in force.
    """
    files = candidates(library, place, text)
    if not files:
        return None, _missing(library, place, text)
    in_force = [file for file in files if file.text.effective.holds(place.on)]
    if not in_force:
        newest = files[-1]
        message = f"no version is in force on {place.on}"
        mend = "mend the dates, or add a version that is in force"
        return None, [newest.source.finding(("effective",), "dates", message, mend)]
    pending: list[Finding] = []
    for file in reversed(in_force):
        rendered, found = render(file.source, file.text, controller, place.locale, rtl=place.rtl)
        found += library.broken.get(text_key(file.market, text, place.locale), [])
        if rendered is None:
            return None, found
        locked = _locked(library, place, file, controller.controller, rendered.digest)
        approval = approved(library, place, file, rendered.digest)
        if approval is None and not locked:
            unread = errors(library.broken.get(f"approvals:{place.market}", ()))
            pending += unread or [_why_unapproved(library, place, file, rendered.digest)]
            continue
        found += locked + _elements(file, required, place.market) + _words(file, rendered, place.locale)
        warnings = [_as_warning(finding, file.text.version) for finding in pending]
        if approval is None or any(finding.severity == "error" for finding in found):
            return None, found + warnings
        ends = [day for day in (file.text.effective.until, approval.expires) if day is not None]
        sample = file.text.sample or approval.sample
        active = ActiveText(file, text, file.text.version, rendered, rendered.digest, sample, min(ends))
        return active, found + warnings
    newest = in_force[-1]
    rendered, _ = render(newest.source, newest.text, controller, place.locale, rtl=place.rtl)
    if rendered is not None:
        pending += _elements(newest, required, place.market) + _words(newest, rendered, place.locale)
    return None, pending


def _as_warning(finding: Finding, shown: int) -> Finding:
    return Finding(
        finding.file,
        finding.line,
        finding.key,
        finding.rule,
        f"{finding.message}; version {shown} stays in force",
        finding.mend,
        "warning",
    )


def unknown_elements(library: ConsentLibrary, known: set[str]) -> list[Finding]:
    """Elements named under ``covers:`` that no market asks for: most likely misspelt."""
    found = []
    for files in library.texts.values():
        for file in files:
            parts = [("label", file.text.label)]
            parts += [(f"paragraphs.{i}", p) for i, p in enumerate(file.text.paragraphs)]
            for name, passage in parts:
                path, _, index = name.partition(".")
                key = (path, int(index), "covers") if index else (path, "covers")
                for element in passage.covers:
                    if element not in known:
                        message, mend = f"no market asks for the element {element}", "correct its spelling or remove it"
                        found.append(file.source.finding(key, "elements", message, mend, warning=True))
    return found
