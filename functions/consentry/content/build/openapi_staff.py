"""The staff part of the OpenAPI description: the glossary, translations, readiness.

Every operation needs a token; every refusal is RFC 9457 in English with ``mend``, what to do next.
"""

from typing import Any

from consentry.base.staff_problems import TITLES
from consentry.content.build.openapi_parts import DIGEST, closed, listed, nullable, ref, refusals

SCHEME = "staffToken"
_ALWAYS = ("not-signed-in", "scope-missing", "not-found", "internal", "try-again")
_TEXT = {"type": "string"}
_WHY = {"type": "string", "minLength": 3, "maxLength": 500}
_COUNT = {"type": "integer", "minimum": 0}


def _open(required: dict[str, Any], description: str) -> dict[str, Any]:
    """An answer: these members, and more."""
    return {"type": "object", "properties": required, "required": list(required), "description": description}


_FREE = {"type": "object"}
_WORDS = {"anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT}]}


def schemas() -> dict[str, Any]:
    """Named schemas of the staff API."""
    stamp = {"number": _COUNT, "at": nullable(_TEXT), "actor": nullable(_TEXT)}
    judged = _open(
        {"concept": nullable(_TEXT), "outcome": _TEXT, "rule": _TEXT, "reason": _TEXT, "suggestions": listed(_TEXT)},
        "What the glossary says about one concept in one text; positions count code points.",
    )
    finding = _open({"rule": _TEXT, "message": _TEXT, "mend": _TEXT}, "One thing to mend.")
    page = {"next": nullable(_TEXT)}
    unit = _open(
        {
            "form": _TEXT,
            "locale": _TEXT,
            "state": {"enum": ["green", "tasks", "blocked"]},
            "blocks": listed(_FREE),
            "tasks": listed(_FREE),
            "waiting": listed(_FREE),
            "notes": listed(_FREE),
        },
        "`blocks` hold it back, `tasks` are live words to be mended by a day, `waiting` needs a colleague.",
    )
    return {
        "StaffProblem": {
            **_open(
                {
                    "type": {"type": "string", "pattern": "^urn:consentry:problem:[a-z0-9-]+$"},
                    "title": _TEXT,
                    "status": {"type": "integer"},
                    "detail": _TEXT,
                    "mend": _TEXT,
                },
                "RFC 9457, in English. `mend` says what to do next; a 412 carries the document as it is, `current`.",
            )
        },
        "Concept": _open({"concept": _FREE, "in_force": nullable(_FREE), **stamp}, "A concept and what is enforced."),
        "Concepts": _open({"concepts": listed(_FREE), **page}, "A page; `next` is the cursor of the following one."),
        "History": _open({"history": listed(_FREE), **page}, "Versions, newest first: who, when, why, old and new."),
        "Impact": _open({"concept": _TEXT, "total": _COUNT, "breaks": listed(_FREE)}, "What would no longer pass."),
        "GlossaryJudgement": _open({"id": _TEXT, "kind": _TEXT, "state": _TEXT, "number": _COUNT}, "A decision."),
        "GlossaryJudgements": _open({"judgements": listed(_FREE), **page}, "A page of decisions."),
        "Tasks": _open(
            {"tasks": listed(_FREE), **page}, "Live words that a change made wrong, with owner and due date."
        ),
        "Report": {"type": "object", "description": "What was done, and what stands against it."},
        "Translation": _open(
            {
                "key": _TEXT,
                "path": _TEXT,
                "kind": {"enum": ["label", "text"]},
                "locale": _TEXT,
                "state": _TEXT,
                "findings": listed(finding),
                "judgements": listed(judged),
                "publishable": {"type": "boolean"},
                "next": _TEXT,
                **stamp,
            },
            "A label (`source`, `target`) or a legal text (`text`, `renderings` with the digests that approvals bind), "
            "judged as it stands.",
        ),
        "Translations": _open({"translations": listed(_FREE), **page}, "A page of labels and legal texts."),
        "Readiness": _open(
            {"market": _TEXT, "state": {"enum": ["green", "tasks", "blocked"]}, "units": listed(unit)},
            "The worst state of its units.",
        ),
        "TranslationDraft": {
            "anyOf": [
                closed(
                    {"target": _WORDS, "source_digest": DIGEST, "comment": nullable(_TEXT), "reason": _WHY},
                    ["target", "source_digest"],
                ),
                closed({"text": _FREE, "reason": _WHY}, ["text"]),
            ],
            "description": "A label's words (one text, or one per plural category) with the digest of the English they "
            "were made from; or a legal text.",
        },
        "TextApproval": closed(
            {
                "market": _TEXT,
                "digest": DIGEST,
                "role": _TEXT,
                "meaning": _TEXT,
                "reference": _TEXT,
                "expires": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
                "reason": _WHY,
            },
            [],
            description="For a legal text `market`, `digest`, `reference` and `expires` are needed; for a label none.",
        ),
        "Reason": closed({"reason": _WHY}, []),
    }


_SUMMARIES: dict[str, tuple[str, str, str]] = {
    # operation → summary, scope, answer's schema
    "GET /v1/glossary/concepts": ("Concepts, by state, language, subject or words", "glossary:read", "Concepts"),
    "POST /v1/glossary/concepts": ("Create a concept, as a draft", "glossary:edit", "Concept"),
    "GET /v1/glossary/concepts/{concept}": ("A concept", "glossary:read", "Concept"),
    "PUT /v1/glossary/concepts/{concept}": ("Change a concept; what is in force stays", "glossary:edit", "Concept"),
    "DELETE /v1/glossary/concepts/{concept}": ("Retire a concept", "glossary:approve", "Concept"),
    "GET /v1/glossary/concepts/{concept}/history": ("Who changed what, when and why", "glossary:read", "History"),
    "GET /v1/glossary/concepts/{concept}/impact": ("What would break if approved", "glossary:read", "Impact"),
    "POST /v1/glossary/concepts/{concept}/submission": ("Hand languages to reviewers", "glossary:edit", "Concept"),
    "POST /v1/glossary/concepts/{concept}/approvals": ("Review one language", "glossary:review", "Concept"),
    "POST /v1/glossary/concepts/{concept}/reopening": ("Back to draft", "glossary:edit", "Concept"),
    "GET /v1/glossary/judgements": ("Decisions on forms, terms and waivers", "glossary:read", "GlossaryJudgements"),
    "POST /v1/glossary/judgements": (
        "This form is right, this term is acceptable, or only here",
        "glossary:edit",
        "GlossaryJudgement",
    ),
    "GET /v1/glossary/judgements/{judgement}": ("A decision", "glossary:read", "GlossaryJudgement"),
    "DELETE /v1/glossary/judgements/{judgement}": ("Reverse a decision", "glossary:review", "GlossaryJudgement"),
    "GET /v1/glossary/judgements/{judgement}/history": ("A decision's history", "glossary:read", "History"),
    "POST /v1/glossary/judgements/{judgement}/decision": (
        "Accept or reject a proposal, as a second person",
        "glossary:approve",
        "GlossaryJudgement",
    ),
    "GET /v1/glossary/tasks": ("Live words to mend, with owner and due date", "glossary:read", "Tasks"),
    "GET /v1/glossary/rechecks/{recheck}": ("The re-check of everything published", "glossary:read", "Report"),
    "POST /v1/glossary/checks": ("Judge any text or file", "glossary:read", "Report"),
    "GET /v1/glossary/exports": ("The glossary as a file", "glossary:read", "Report"),
    "POST /v1/glossary/imports": (
        "Read a TBX, CSV or XLIFF glossary; `dry_run` says what it would do",
        "glossary:edit",
        "Report",
    ),
    "GET /v1/glossary/imports/{import}": ("What an import did", "glossary:read", "Report"),
    "POST /v1/glossary/uploads": ("Where to put a large file", "glossary:edit", "Report"),
    "GET /v1/translations": ("Labels and legal texts of a locale", "translations:edit", "Translations"),
    "GET /v1/translations/{locale}/{key}": ("A translation, judged as it stands", "translations:edit", "Translation"),
    "PUT /v1/translations/{locale}/{key}": ("Write a draft; it is judged at once", "translations:edit", "Translation"),
    "POST /v1/translations/{locale}/{key}/checks": (
        "Judge words without keeping them",
        "translations:edit",
        "Translation",
    ),
    "POST /v1/translations/{locale}/{key}/review": (
        "A second person has read it",
        "translations:review",
        "Translation",
    ),
    "POST /v1/translations/{locale}/{key}/approval": (
        "Approve; of a legal text the exact words in a market",
        "translations:approve",
        "Translation",
    ),
    "GET /v1/translations/{locale}/{key}/history": ("Who changed what, when and why", "translations:edit", "History"),
    "POST /v1/translations/{market}/{text}/{locale}/versions": (
        "A new version of a legal text, from the newest",
        "translations:edit",
        "Translation",
    ),
    "GET /v1/markets/{market}/readiness": (
        "Is the market ready, and what holds it back",
        "translations:edit",
        "Readiness",
    ),
}

_QUERY: dict[str, tuple[str, ...]] = {
    "GET /v1/glossary/concepts": ("state", "locale", "subject", "q", "limit", "cursor"),
    "DELETE /v1/glossary/concepts/{concept}": ("reason",),
    "GET /v1/glossary/concepts/{concept}/history": ("limit", "cursor"),
    "GET /v1/glossary/concepts/{concept}/impact": ("locales",),
    "GET /v1/glossary/judgements": ("kind", "state", "concept", "locale", "market", "limit", "cursor"),
    "DELETE /v1/glossary/judgements/{judgement}": ("reason",),
    "GET /v1/glossary/judgements/{judgement}/history": ("limit", "cursor"),
    "GET /v1/glossary/tasks": ("state", "locale", "owner", "concept", "overdue", "limit", "cursor"),
    "POST /v1/glossary/checks": ("file", "locale", "market", "source_locale"),
    "GET /v1/glossary/exports": ("format", "locale", "state"),
    "POST /v1/glossary/imports": (
        "dry_run",
        "file",
        "format",
        "locale",
        "source_locale",
        "reason",
        "locales",
        "overwrite",
        "skip_problems",
    ),
    "GET /v1/translations": ("locale", "state", "stale", "form", "market", "q", "limit", "cursor"),
    "GET /v1/translations/{locale}/{key}/history": ("limit", "cursor"),
}

_JSON_BODIES: dict[str, dict[str, Any]] = {
    "PUT /v1/translations/{locale}/{key}": ref("TranslationDraft"),
    "POST /v1/translations/{locale}/{key}/checks": ref("TranslationDraft"),
    "POST /v1/translations/{locale}/{key}/review": ref("Reason"),
    "POST /v1/translations/{locale}/{key}/approval": ref("TextApproval"),
    "POST /v1/translations/{market}/{text}/{locale}/versions": ref("Reason"),
    "POST /v1/glossary/concepts": closed({"concept": _FREE, "reason": _WHY}),
    "PUT /v1/glossary/concepts/{concept}": closed({"concept": _FREE, "reason": _WHY}),
    "POST /v1/glossary/concepts/{concept}/submission": closed({"locales": listed(_TEXT), "reason": _WHY}, ["reason"]),
    "POST /v1/glossary/concepts/{concept}/approvals": closed(
        {
            "locale": _TEXT,
            "role": {"enum": ["terminologist", "medical-reviewer"]},
            "reference": nullable(_TEXT),
            "digest": DIGEST,
            "reason": _WHY,
        },
        ["locale", "role", "reason"],
    ),
    "POST /v1/glossary/concepts/{concept}/reopening": closed({"reason": _WHY}),
    "POST /v1/glossary/judgements": {
        **_open(
            {"kind": {"enum": ["form", "term", "waiver"]}, "locale": _TEXT, "text": _TEXT, "reason": _WHY},
            "`form`: an inflection is right; `term`: another term is acceptable; `waiver`: only here, until `expires`.",
        )
    },
    "POST /v1/glossary/judgements/{judgement}/decision": closed({"accept": {"type": "boolean"}, "reason": _WHY}),
}

_OTHER_BODIES = {"POST /v1/glossary/checks", "POST /v1/glossary/imports", "POST /v1/glossary/uploads"}
_IF_MATCH = {
    "PUT /v1/glossary/concepts/{concept}",
    "DELETE /v1/glossary/concepts/{concept}",
    "POST /v1/glossary/concepts/{concept}/approvals",
    "PUT /v1/translations/{locale}/{key}",
    "POST /v1/translations/{locale}/{key}/review",
    "POST /v1/translations/{locale}/{key}/approval",
}
_CREATED = {
    "POST /v1/glossary/concepts",
    "POST /v1/glossary/judgements",
    "POST /v1/translations/{market}/{text}/{locale}/versions",
}
_ABOUT = {
    "concept": "The concept's name.",
    "judgement": "The decision's id.",
    "recheck": "The re-check's id.",
    "import": "The import's id.",
    "locale": "A locale, or a catalog's language.",
    "key": "A string's id (`field.email.label`), or a legal text as `<market>:<text>:<version>`.",
    "market": "The market.",
    "text": "The legal text's id.",
    "limit": "1 to 200 at a time.",
    "cursor": "`next` of the page before.",
    "q": "Words to look for.",
    "dry_run": "`true`: say what would be done, and do nothing.",
    "stale": "`true`: only those whose English changed since.",
    "reason": "Why, 3 to 500 characters.",
}


def operation(key: str) -> dict[str, Any]:
    """The description of a staff route, as ``METHOD path``.

    Raises:
        LookupError: it is not described here.
    """
    method, _, path = key.partition(" ")
    if key not in _SUMMARIES:
        raise LookupError(f"{key} has no description")
    summary, scope, schema = _SUMMARIES[key]
    parameters = [_parameter(part[1:-1], "path") for part in path.split("/") if part.startswith("{")]
    parameters += [_parameter(name, "query") for name in _QUERY.get(key, ())]
    codes = [*_ALWAYS, "invalid-parameter"]
    made: dict[str, Any] = {"summary": summary, "security": [{SCHEME: [scope]}]}
    if key in _IF_MATCH:
        about = 'The ETag of the version that was read, such as "7".'
        parameters.append({"name": "If-Match", "in": "header", "description": about, "schema": _TEXT})
        codes += ["precondition-required", "changed-meanwhile"]
    if method in ("POST", "PUT", "DELETE"):
        codes += ["locale-not-yours", "market-not-yours", "second-person-needed", "not-in-this-state", "conflict"]
        codes += ["does-not-pass", "changed-meanwhile"]
    if method in ("POST", "PUT"):
        codes += [
            "malformed-json",
            "bad-encoding",
            "too-deep",
            "body-too-large",
            "unsupported-media-type",
            "invalid-body",
        ]
        made["requestBody"] = _body(key)
    if parameters:
        made["parameters"] = parameters
    status = "201" if key in _CREATED else "200"
    made["responses"] = {status: _answer(key, summary, schema), **_refusals(codes)}
    if key in _CREATED or key in _OTHER_BODIES:
        made["responses"].setdefault("200", {"description": "Done, or done before.", "content": _json(ref(schema))})
    if method == "GET":
        made["responses"]["304"] = {"description": "Unchanged."}
    return made


def _answer(key: str, summary: str, schema: str) -> dict[str, Any]:
    if key == "GET /v1/glossary/exports":
        return {"description": "The file."}
    return {"description": f"{summary}.", "content": _json(ref(schema))}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _body(key: str) -> dict[str, Any]:
    if key in _JSON_BODIES:
        return {"required": True, "content": _json(_JSON_BODIES[key])}
    return {"required": True, "content": {**_json(_FREE), "*/*": {"schema": _TEXT}}}


def _parameter(name: str, where: str) -> dict[str, Any]:
    said = {"name": name, "in": where, "schema": _TEXT}
    if name in _ABOUT:
        said["description"] = _ABOUT[name]
    return {**said, "required": True} if where == "path" else said


def _refusals(codes: list[str]) -> dict[str, Any]:
    said = refusals(codes, lambda code: TITLES[code][0], "StaffProblem")
    # Without a valid token the gateway answers by itself, in its own words.
    for status in ("401", "403"):
        said[status]["content"] |= _json(_FREE)
    return said


SECURITY: dict[str, Any] = {
    SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token of the environment's OpenID Connect issuer with `sub`, `scope`, `locales`, `markets`; "
        "`consentry token` makes one on your own machine.",
    }
}
