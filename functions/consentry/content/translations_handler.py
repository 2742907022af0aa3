"""content-translations: labels and legal texts as drafts, reviewed, approved; readiness of markets.

A label's key is its string's id (``field.email.label``), a legal text's ``<market>:<text>:<version>``: one path segment
each, without characters that a gateway decodes. Thin: ``translations``, ``checking`` and ``readiness`` decide.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from consentry.base import aws, settings
from consentry.base.clock import now_ms, rfc3339
from consentry.base.documents import Conflict, Document, Documents, Write
from consentry.base.http import Event, Response, header, json_response, query
from consentry.base.staff import Staff
from consentry.base.staff_http import (
    cursor,
    etag,
    framed,
    history_page,
    if_match,
    members,
    page_response,
    page_size,
    reason_of,
    unchanged,
)
from consentry.base.staff_problems import StaffProblem, cannot_use, method_not_allowed, not_found
from consentry.content import translations as work
from consentry.content.checking import Verdict, approval_of, check_label, check_text, shown_texts
from consentry.content.editorial import HeldText, Translations, described, text_path, version_of
from consentry.content.readiness import readiness, text_address
from consentry.content.translations import APPROVE, EDIT, REVIEW, SCOPES, Label, LegalText, Signature
from consentry.content.workbench import Made, Words, label_path, newer, source_digest

if TYPE_CHECKING:
    from collections.abc import Callable

FUNCTION = "content-translations"
MAX_BYTES = 256 * 1024
MAX_WORDS = 5000
"""Characters of one translated string; the longest limit of a string is 600."""
_MARKET = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
_TEXT_KEY = re.compile(r"([A-Z]{2}(?:-[A-Z0-9]{1,3})?):([a-z0-9]+(?:-[a-z0-9]+)*):([1-9][0-9]{0,3})")
_UNSEEN = re.compile("[\u0000-\u001f\u007f-\u009f\u200b\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]")
_ATTEMPTS = 3

_store = Translations(Documents(aws.dynamodb(), settings.required("EDITORIAL_TABLE")), settings.content_dir())


def handler(event: Event, _context: object) -> Response:
    """Answer one HTTP API event."""
    return framed(FUNCTION, event, _route)


@dataclass(frozen=True)
class Asked:
    """One request on its way."""

    event: Event
    who: Staff
    at: str

    @property
    def day(self) -> date:
        """The day of the request, UTC."""
        return date.fromisoformat(self.at[:10])


def _route(event: Event, who: Staff) -> Response:
    asked = Asked(event, who, rfc3339(now_ms()))
    if not any(who.has(scope) for scope in SCOPES):
        who.require(EDIT)
    method: str = event["requestContext"]["http"]["method"]
    parts: list[str] = event["rawPath"].split("/")[2:]
    ways: dict[str, Callable[[], Response]]
    match parts:
        case ["translations"]:
            ways = {"GET": lambda: _list(asked)}
        case ["translations", locale, key]:
            ways = {"GET": lambda: _read(asked, locale, key), "PUT": lambda: _draft(asked, locale, key)}
        case ["translations", locale, key, "checks"]:
            ways = {"POST": lambda: _check(asked, locale, key)}
        case ["translations", locale, key, "review"]:
            ways = {"POST": lambda: _review(asked, locale, key)}
        case ["translations", locale, key, "approval"]:
            ways = {"POST": lambda: _approve(asked, locale, key)}
        case ["translations", locale, key, "history"]:
            ways = {"GET": lambda: _history(asked, locale, key)}
        case ["translations", market, text, locale, "versions"]:
            ways = {"POST": lambda: _new_version(asked, market, text, locale)}
        case ["markets", market, "readiness"]:
            ways = {"GET": lambda: _readiness(asked, market)}
        case _:
            raise not_found(
                f"There is nothing at {event['rawPath'][:100]}.",
                "See /openapi.json for what there is; GET /v1/translations?locale=… lists translations.",
            )
    if method not in ways:
        raise method_not_allowed(method, ", ".join(ways))
    return ways[method]()


# What a key names.


@dataclass(frozen=True)
class LabelAt:
    """A string of a catalog, with its document and what the release says."""

    id: str
    catalog: str
    document: Document | None
    over: dict[str, Made]
    inherited: str | None
    filed: Made | None

    @property
    def path(self) -> str:
        """The document's path."""
        return label_path(self.catalog, self.id)

    @property
    def address(self) -> str:
        """The API's address."""
        return f"/v1/translations/{self.catalog}/{self.id}"

    @property
    def source(self) -> Words:
        """The English as it is now."""
        return _store.bench.facts["strings"][self.id]["source"]

    @property
    def label(self) -> Label | None:
        """What the document says, unless the release has moved on from it."""
        return _said(self.document, self.filed, self.source)


def _said(document: Document | None, filed: Made | None, current: Words) -> Label | None:
    label = Label.of(document.body) if document is not None else None
    if label is None or label.state != "approved" or label.published is None:
        return label
    return label if newer(label.published, filed, current) is label.published else None


def _label(locale: str, id_: str) -> LabelAt:
    bench = _store.bench
    if id_ not in bench.facts["strings"]:
        raise not_found(
            f"There is no string {id_[:80]}.", f"GET /v1/translations?locale={locale[:20]}&q=… finds its key."
        )
    catalog = bench.catalog_of(locale)
    if catalog is None:
        if locale in bench.facts["locales"] or locale == "en":
            raise not_found(
                "English is the source; it is written in forms/*.yaml, not translated.",
                "Ask the editor of the forms to change it; its translations are then listed with stale=true.",
            )
        raise _unknown_locale(locale)
    labels = _store.labels(_store.neighbours(catalog))
    over = _store.over(labels)
    resolved = bench.resolve(catalog, id_, over)
    filed = bench.filed(catalog, id_)
    inherited = resolved.catalog if resolved.catalog not in (None, catalog) else None
    return LabelAt(id_, catalog, labels.get(label_path(catalog, id_)), over, inherited, filed)


def _unknown_locale(locale: str) -> StaffProblem:
    known = ", ".join(_store.bench.facts["locales"])
    return not_found(f"There is no locale {locale[:20]}.", f"Use one of {known}.")


def _text(locale: str, key: str) -> HeldText:
    found = _TEXT_KEY.fullmatch(key)
    if found is None:
        raise not_found(
            f"{key[:80]} is not the key of a legal text.", "Write <market>:<text>:<version>, as lists show it."
        )
    market, name, version = found[1], found[2], int(found[3])
    document = _store.documents.get(text_path(market, name, version, locale)) if locale in _locales() else None
    if document is None:
        raise not_found(
            f"There is no version {version} of {name} for {market} in {locale[:20]}.",
            f"GET /v1/translations?locale={locale[:20]}&market={market} lists what there is; texts that are only files "
            "come into the store with `consentry content push`.",
        )
    return _store.text(document, _store.signed_in(market, name, locale))


def _locales() -> set[str]:
    return set(_store.bench.facts["locales"])


# Reading


def _list(asked: Asked) -> Response:
    locale, market, form = (query(asked.event, name) for name in ("locale", "market", "form"))
    state, stale, words = (query(asked.event, name) for name in ("state", "stale", "q"))
    bench = _store.bench
    if locale is None:
        raise StaffProblem(
            "invalid-parameter",
            "Which language?",
            f"Add locale=, one of {', '.join(bench.facts['locales'])}.",
        )
    if locale not in _locales() and bench.catalog_of(locale) is None:
        raise _unknown_locale(locale)
    states = ("missing", "published", "draft", "reviewed", "approved")
    if state is not None and state not in states:
        raise StaffProblem("invalid-parameter", f"state={state[:20]} is no state.", f"Use {', '.join(states)}.")
    if stale not in (None, "true", "false"):
        raise StaffProblem("invalid-parameter", f"stale={stale[:20]} says nothing.", "Use true or false.")
    asked.who.require(next(scope for scope in SCOPES if asked.who.has(scope)), locale, market)
    entries = [*_label_entries(locale, market, form), *_text_entries(locale, market, form)]
    after = cursor(asked.event) or ""
    wanted = (words or "").casefold()
    kept = [
        entry
        for entry in entries
        if entry["path"] > after
        and (state is None or entry["state"] == state)
        and (stale is None or entry["stale"] == (stale == "true"))
        and wanted in _searched(entry)
    ]
    kept.sort(key=lambda entry: str(entry["path"]))
    size = page_size(asked.event)
    more = kept[size - 1]["path"] if len(kept) > size else None
    return page_response(asked.event, "translations", kept[:size], more)


def _searched(entry: dict[str, Any]) -> str:
    said = [entry["key"], entry.get("source"), entry.get("target")]
    flat = [part for each in said for part in (each.values() if isinstance(each, dict) else [each]) if part]
    return "\n".join(flat).casefold()


def _label_entries(locale: str, market: str | None, form: str | None) -> list[dict[str, Any]]:
    bench = _store.bench
    catalog = bench.catalog_of(locale)
    if catalog is None:
        return []
    chain = bench.chain(locale)
    labels = _store.labels(chain)
    over = _store.over(labels)
    places = [
        place
        for place in bench.places
        if (place.locale == locale if locale in _locales() else catalog in bench.chain(place.locale))
        and (market is None or place.market == market)
        and (form is None or place.form == form)
    ]
    shown = set().union(*(bench.strings_of(place) for place in places)) if places else set()
    if market is None and form is None:
        shown = set(bench.facts["strings"])
    found = []
    for id_ in shown & set(bench.facts["strings"]):
        document = labels.get(label_path(catalog, id_))
        resolved = bench.resolve(locale, id_, over)
        current = bench.facts["strings"][id_]["source"]
        label = _said(document, bench.filed(catalog, id_), current)
        words = label.target if label is not None else resolved.made["target"] if resolved.made is not None else None
        made_from = label.source if label is not None else resolved.made["source"] if resolved.made else None
        found.append(
            {
                "key": id_,
                "path": label_path(catalog, id_),
                "kind": "label",
                "locale": catalog,
                "href": f"/v1/translations/{catalog}/{id_}",
                "state": label.state if label is not None else "published" if words is not None else "missing",
                "stale": made_from is not None and made_from != current,
                "source": current,
                "target": words,
                **described(document),
            }
        )
    return found


def _text_entries(locale: str, market: str | None, form: str | None) -> list[dict[str, Any]]:
    bench = _store.bench
    wanted = {locale} if locale in _locales() else set(bench.locales_of(locale))
    places = [
        place
        for place in bench.places
        if place.locale in wanted
        and (market is None or place.market == market)
        and (form is None or place.form == form)
    ]
    folders = dict.fromkeys(folder for place in places for folder in (place.market, *place.facts["parents"]))
    texts = {name for place in places for name in place.facts["texts"]}
    found = []
    for folder in folders:
        for document in _store.texts(folder):
            name, _, file = document.path.rpartition("/")
            if file.partition(".")[2] not in wanted or name.rpartition("/")[2] not in texts:
                continue
            try:
                held = _store.text(document, _store.signed_in(folder, name.rpartition("/")[2], file.partition(".")[2]))
            except (KeyError, ValidationError):
                continue  # `content push` and GET say what is wrong with it
            found.append(
                {
                    "key": f"{folder}:{held.name}:{held.legal.text.version}",
                    "path": document.path,
                    "kind": "text",
                    "locale": held.legal.text.locale,
                    "href": text_address(document.path),
                    "state": held.state,
                    "stale": False,
                    "source": None,
                    "target": held.legal.text.label.text,
                    **described(document),
                }
            )
    return found


def _read(asked: Asked, locale: str, key: str) -> Response:
    if ":" in key:
        held = _text(locale, key)
        _any_scope(asked.who, locale)
        return _shown_text(asked, 200, held)
    at = _label(locale, key)
    _any_scope(asked.who, at.catalog)
    return _shown_label(asked, 200, at)


def _any_scope(who: Staff, locale: str) -> None:
    who.require(next(scope for scope in SCOPES if who.has(scope)), locale)


def _judged_label(asked: Asked, at: LabelAt, target: Words) -> Verdict:
    return check_label(_store.bench, at.over, at.catalog, at.id, target, _store.rules(asked.day))


def _shown_label(asked: Asked, status: int, at: LabelAt, **headers: str) -> Response:
    label, filed = at.label, at.filed
    inherited = _store.bench.resolve(at.catalog, at.id, at.over).made if at.inherited else None
    made = {"source": label.source, "target": label.target} if label is not None else (inherited or filed)
    facts = _store.bench.facts["strings"][at.id]
    verdict = _judged_label(asked, at, made["target"]) if made is not None else Verdict()
    stale = made is not None and made["source"] != at.source
    state = label.state if label is not None else "published" if made is not None else "missing"
    places = _store.bench.showing(at.catalog, at.id, at.over)
    number = at.document.number if at.document is not None else 0
    body = {
        "key": at.id,
        "path": at.path,
        "kind": "label",
        "locale": at.catalog,
        "state": state,
        "stale": stale,
        "source": at.source,
        "source_digest": source_digest(at.source),
        "made_from": made["source"] if stale and made is not None else None,
        "target": made["target"] if made is not None else None,
        "inherited_from": at.inherited if label is None else None,
        "published": label.published if label is not None else filed,
        "plurals": _store.bench.facts["catalogs"][at.catalog]["plurals"] if isinstance(at.source, dict) else None,
        "max_length": facts["limit"],
        "placeholders": facts["placeholders"],
        "used": facts["where"],
        "markets": sorted({place.market for place in places}),
        "units": sorted(place.unit for place in places),
        "authors": list(label.authors) if label is not None else [],
        "reviewed_by": label.reviewed_by if label is not None else None,
        "comment": label.comment if label is not None else None,
        **verdict.as_json(),
        "next": _next(state, verdict, at.address, stale=stale),
        **described(at.document),
    }
    return json_response(status, body, {"etag": etag(number), **headers})


def _next(state: str, verdict: Verdict, address: str, *, stale: bool = False) -> str:
    """What would bring these words on."""
    if stale or state == "missing":
        return f"Translate it: PUT {address} with the source_digest."
    if verdict.blocking and state != "approved":
        return f"Mend what is listed under findings and judgements: PUT {address}."
    return {
        "draft": f"Somebody else with {REVIEW} reads it: POST {address}/review.",
        "reviewed": f"Somebody with {APPROVE} who is not an author approves it: POST {address}/approval.",
        "approved": "Nothing: it goes live with the next release (`consentry content pull`, then build).",
        "published": "Nothing.",
    }[state]


def _shown_text(asked: Asked, status: int, held: HeldText, verdict: Verdict | None = None, **headers: str) -> Response:
    text = held.legal.text
    signed = _store.signed_in(held.market, held.name, text.locale)
    if verdict is None:
        verdict = _judged_text(asked, held.market, held.name, held.legal)
    renderings = []
    for shown in shown_texts(_store.bench, held.market, held.name, text):
        approval = approval_of(
            signed.get(shown.market, ()), held.name, text.version, text.locale, shown.digest, asked.day
        )
        renderings.append(
            {
                "market": shown.market,
                "controller": shown.controller,
                "canonical": shown.rendered.canonical,
                "digest": shown.digest,
                "approval": approval.model_dump(mode="json") if approval is not None else None,
            }
        )
    address = text_address(held.document.path)
    missing = [str(each["market"]) for each in renderings if each["approval"] is None]
    state = "reviewed" if held.fixed and missing else held.state
    following = _next(state, verdict, address)
    if state == "approved":
        following = f"Nothing. New words are a new version: POST {_versions(held)}."
    elif state == "reviewed" and missing:
        following += f" Still to be approved in {', '.join(dict.fromkeys(missing))}."
    body = {
        "key": f"{held.market}:{held.name}:{text.version}",
        "path": held.document.path,
        "kind": "text",
        "locale": text.locale,
        "market": held.market,
        "version": text.version,
        "state": held.state,
        "fixed": held.fixed,
        "text": text.model_dump(mode="json", by_alias=True),
        "renderings": renderings,
        "authors": list(held.legal.authors),
        "reviewed_by": held.legal.reviewed_by,
        **verdict.as_json(),
        "next": following,
        **described(held.document),
    }
    return json_response(status, body, {"etag": etag(held.document.number), **headers})


def _versions(held: HeldText) -> str:
    return f"/v1/translations/{held.market}/{held.name}/{held.legal.text.locale}/versions"


def _judged_text(asked: Asked, market: str, name: str, legal: LegalText) -> Verdict:
    path = text_path(market, name, legal.text.version, legal.text.locale)
    version = legal.text.version
    earlier = [d for d in _store.versions(market, name, legal.text.locale) if version_of(d.path) < version]
    before = LegalText.of(earlier[-1].body).text if earlier else None
    return check_text(_store.bench, path, market, name, legal.text, _store.rules(asked.day), before)


def _history(asked: Asked, locale: str, key: str) -> Response:
    if ":" in key:
        path = _text(locale, key).document.path
        _any_scope(asked.who, locale)
    else:
        at = _label(locale, key)
        path = at.path
        _any_scope(asked.who, at.catalog)
    return history_page(asked.event, _store.documents, path)


# Writing


def _base(event: Event) -> int:
    """The version that was read; 0 for a label that has no document yet (its ETag is ``"0"``)."""
    if (header(event, "if-match") or "").strip() == '"0"':
        return 0
    return if_match(event)


def _body(event: Event, *known: str) -> dict[str, Any]:
    return members(event, *known, limit=MAX_BYTES)


def _reason(body: dict[str, Any], usual: str) -> str:
    return reason_of(body.get("reason", usual))


def _words(value: Any, at: LabelAt) -> Words:
    """The words sent for a label, of the shape that its English has."""
    plurals = _store.bench.facts["catalogs"][at.catalog]["plurals"]
    if isinstance(at.source, str):
        if not isinstance(value, str) or not 0 < len(value) <= MAX_WORDS:
            raise cannot_use("/target", "invalid", f"A text of 1 to {MAX_WORDS} characters.")
        return _seen(value, "/target")
    if (
        not isinstance(value, dict)
        or set(value) != set(plurals)
        or not all(isinstance(text, str) and 0 < len(text) <= MAX_WORDS for text in value.values())
    ):
        raise cannot_use("/target", "invalid", f'One text for each of {", ".join(plurals)}: {{"{plurals[0]}": …}}.')
    return {name: _seen(value[name], f"/target/{name}") for name in plurals}


def _seen(text: str, pointer: str) -> str:
    """The text in NFC; what nobody sees, or what reorders what they see, is refused (joiners and marks are letters)."""
    found = _UNSEEN.search(text)
    if found:
        code = f"U+{ord(found.group()):04X}"
        raise cannot_use(
            pointer, "invisible", f"The character {code} at {found.start() + 1} cannot be seen; take it out."
        )
    return unicodedata.normalize("NFC", text)


def _draft(asked: Asked, locale: str, key: str) -> Response:
    if ":" in key:
        return _draft_text(asked, locale, key)
    at = _label(locale, key)
    asked.who.require(EDIT, at.catalog)
    _one_market(asked.who, EDIT, at)
    base = _base(asked.event)
    body = _body(asked.event, "target", "source_digest", "comment", "reason")
    unchanged(at.document, base, at.path)
    target = _words(body.get("target"), at)
    if body.get("source_digest") != source_digest(at.source):
        raise StaffProblem(
            "conflict",
            "The source_digest is not that of the English as it is now.",
            "Translate the English under “source” and send its source_digest.",
            source=at.source,
            source_digest=source_digest(at.source),
        )
    comment = body.get("comment")
    if comment is not None and not (isinstance(comment, str) and len(comment) <= 1000):
        raise cannot_use("/comment", "invalid", "A text of at most 1000 characters.")
    after = work.draft_label(at.label, at.filed, at.source, target, comment, asked.who)
    (document,) = _store.documents.write(
        [Write(at.path, base, after.body(), "draft")],
        actor=asked.who.sub,
        reason=_reason(body, "translated"),
        at=asked.at,
    )
    return _shown_label(asked, 200, _with(at, document))


def _with(at: LabelAt, document: Document) -> LabelAt:
    over = dict(at.over)
    if document.body.get("published") is not None:
        over[at.path] = document.body["published"]
    return LabelAt(at.id, at.catalog, document, over, at.inherited, at.filed)


def _one_market(who: Staff, scope: str, at: LabelAt, *, every: bool = False) -> None:
    """A label is shared by markets: whoever edits it needs one of them, whoever approves it answers for all."""
    markets = sorted({place.market for place in _store.bench.showing(at.catalog, at.id, at.over)})
    if every:
        for market in markets:
            who.require(scope, None, market)
    elif markets and not any(who.may_market(market) for market in markets):
        who.require(scope, None, markets[0])


def _draft_text(asked: Asked, locale: str, key: str) -> Response:
    held = _text(locale, key)
    asked.who.require(EDIT, locale, held.market)
    base = if_match(asked.event)
    body = _body(asked.event, "text", "reason")
    unchanged(held.document, base, held.document.path)
    address = text_address(held.document.path)
    after = work.draft_text(held.legal, body.get("text"), held.fixed, asked.who, address, _versions(held))
    (document,) = _store.documents.write(
        [Write(held.document.path, base, after.body(), "draft")],
        actor=asked.who.sub,
        reason=_reason(body, "rewritten"),
        at=asked.at,
    )
    return _shown_text(asked, 200, HeldText(document, held.market, held.name, after, False))


def _check(asked: Asked, locale: str, key: str) -> Response:
    if ":" in key:
        held = _text(locale, key)
        _any_scope(asked.who, locale)
        body = _body(asked.event, "text", "reason")
        text = work.parse_text(body.get("text"))
        if text.locale != locale:
            raise cannot_use("/text/locale", "fixed", f"It is {locale} here.")
        legal = LegalText(text, "draft")
        return json_response(200, _judged_text(asked, held.market, held.name, legal).as_json())
    at = _label(locale, key)
    _any_scope(asked.who, at.catalog)
    body = _body(asked.event, "target", "source_digest", "comment", "reason")
    return json_response(200, _judged_label(asked, at, _words(body.get("target"), at)).as_json())


def _review(asked: Asked, locale: str, key: str) -> Response:
    if ":" in key:
        held = _text(locale, key)
        asked.who.require(REVIEW, locale, held.market)
        base = if_match(asked.event)
        body = _body(asked.event, "reason")
        unchanged(held.document, base, held.document.path)
        verdict = _judged_text(asked, held.market, held.name, held.legal)
        address = text_address(held.document.path)
        after = work.review_text(held.legal, held.fixed, verdict, asked.who, address)
        document = _step(asked, held.document, after.body(), "review", _reason(body, "reviewed"))
        return _shown_text(asked, 200, HeldText(document, held.market, held.name, after, False), verdict)
    at = _label(locale, key)
    asked.who.require(REVIEW, at.catalog)
    _one_market(asked.who, REVIEW, at)
    base = _base(asked.event)
    body = _body(asked.event, "reason")
    unchanged(at.document, base, at.path)
    label = _drafted(at)
    reviewed = work.review_label(label, at.source, _judged_label(asked, at, label.target), asked.who, at.address)
    document = _step(asked, at.document, reviewed.body(), "review", _reason(body, "reviewed"))
    return _shown_label(asked, 200, _with(at, document))


def _drafted(at: LabelAt) -> Label:
    if at.label is None:
        raise StaffProblem(
            "not-in-this-state",
            "Nobody has written a draft of it.",
            f"Write one: PUT {at.address}.",
        )
    return at.label


def _step(asked: Asked, before: Document | None, body: dict[str, Any], action: str, reason: str) -> Document:
    assert before is not None  # noqa: S101 -- a step follows a draft
    (document,) = _store.documents.write(
        [Write(before.path, before.number, body, action)], actor=asked.who.sub, reason=reason, at=asked.at
    )
    return document


def _approve(asked: Asked, locale: str, key: str) -> Response:
    if ":" in key:
        return _approve_text(asked, locale, key)
    at = _label(locale, key)
    asked.who.require(APPROVE, at.catalog)
    _one_market(asked.who, APPROVE, at, every=True)
    base = _base(asked.event)
    body = _body(asked.event, "reason")
    unchanged(at.document, base, at.path)
    label = _drafted(at)
    approved = work.approve_label(label, at.source, _judged_label(asked, at, label.target), asked.who, at.address)
    document = _step(asked, at.document, approved.body(), "approve", _reason(body, "approved"))
    return _shown_label(asked, 200, _with(at, document))


def _signature(body: dict[str, Any], market: str) -> Signature:
    said = {"market": market, "role": work.ROLE, "meaning": work.MEANING, **body}
    for name in ("market", "digest", "role", "meaning", "reference", "expires"):
        if not isinstance(said.get(name), str):
            hints = {
                "digest": "The digest beside the canonical text that you read.",
                "reference": "What documents the decision, such as the number of a protocol.",
                "expires": "The day from which it no longer counts, such as 2028-11-22.",
            }
            raise cannot_use(f"/{name}", "required", hints.get(name, "A text."))
    try:
        expires = date.fromisoformat(said["expires"])
    except ValueError:
        raise cannot_use("/expires", "invalid", "A day, such as 2028-11-22.") from None
    return Signature(said["market"], said["digest"], said["role"], said["meaning"], said["reference"], expires)


def _approve_text(asked: Asked, locale: str, key: str) -> Response:
    body = _body(asked.event, "market", "digest", "role", "meaning", "reference", "expires", "reason")
    reason = _reason(body, "approved")
    last: Conflict | None = None
    for _ in range(_ATTEMPTS):
        held = _text(locale, key)
        signed = _signature({name: value for name, value in body.items() if name != "reason"}, held.market)
        asked.who.require(APPROVE, locale, signed.market)
        if header(asked.event, "if-match") is not None:
            unchanged(held.document, if_match(asked.event), held.document.path)
        verdict = _judged_text(asked, held.market, held.name, held.legal)
        shown = shown_texts(_store.bench, held.market, held.name, held.legal.text)
        address = text_address(held.document.path)
        said = _signed_already(asked, held, signed)
        if said:
            return _shown_text(asked, 200, held, verdict)
        after, approval = work.approve_text(held.legal, held.name, shown, signed, verdict, asked.who, asked.at, address)
        writes = [
            Write(held.document.path, held.document.number, after.body(), f"approve for {signed.market}"),
            _store.add_approval(approval, signed.market),
        ]
        try:
            document = _store.documents.write(writes, actor=asked.who.sub, reason=reason, at=asked.at)[0]
        except Conflict as lost:
            if lost.path == held.document.path:
                raise
            last = lost  # another text of the market was approved in between; nothing of ours was written
            continue
        return _shown_text(asked, 200, HeldText(document, held.market, held.name, after, True), verdict)
    assert last is not None  # noqa: S101 -- the loop ends by return, or after conflicts
    raise last


def _signed_already(asked: Asked, held: HeldText, signed: Signature) -> bool:
    """Whether this person has signed these words here: a repeat is answered, not written twice."""
    approvals = _store.approvals(signed.market)[1]
    text = held.legal.text
    said = (held.name, text.version, text.locale, signed.digest, asked.who.sub)
    return any((each.text, each.version, each.locale, each.digest, each.actor) == said for each in approvals)


def _new_version(asked: Asked, market: str, name: str, locale: str) -> Response:
    body = _body(asked.event, "reason")
    if not _MARKET.fullmatch(market) or not re.fullmatch(r"[a-z0-9-]{1,60}", name) or locale not in _locales():
        raise not_found(
            f"There is no text {name[:60]} for {market[:10]} in {locale[:20]}.",
            "Use /v1/translations/<market>/<text>/<locale>/versions with names from the list.",
        )
    asked.who.require(EDIT, locale, market)
    versions = _store.versions(market, name, locale)
    if not versions:
        raise not_found(
            f"{market} has no text {name} in {locale}.",
            "Its first version is written as a file and sent with `consentry content push`.",
        )
    newest = _store.text(versions[-1], _store.signed_in(market, name, locale))
    address = text_address(newest.document.path)
    after = work.next_version(newest.legal, newest.fixed, asked.day, asked.who, address)
    path = text_path(market, name, version_of(versions[-1].path) + 1, locale)
    (document,) = _store.documents.write(
        [Write(path, 0, after.body(), "new version")],
        actor=asked.who.sub,
        reason=_reason(body, "new version"),
        at=asked.at,
    )
    held = HeldText(document, market, name, after, False)
    return _shown_text(asked, 201, held, location=text_address(path))


# Readiness


def _readiness(asked: Asked, market: str) -> Response:
    bench = _store.bench
    known = sorted({place.market for place in bench.places})
    if market not in known:
        raise not_found(f"No form is offered in {market[:10]}.", f"Ask for one of {', '.join(known)}.")
    asked.who.require(next(scope for scope in SCOPES if asked.who.has(scope)), None, market)
    held, rules = _store.held(market), _store.rules(asked.day)
    report = readiness(bench, market, held, rules)
    if report["state"] == "blocked" and (pending := _store.pending()):
        report = readiness(bench, market, replace(held, pending=pending), rules)
    return json_response(200, report)
