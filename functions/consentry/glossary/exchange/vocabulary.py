"""The words of TBX, and of tools that stray from it, for what the glossary knows."""

from collections.abc import Mapping

STATUS: Mapping[str, str] = {
    "preferredterm-admn-sts": "preferred",
    "admittedterm-admn-sts": "admitted",
    "deprecatedterm-admn-sts": "deprecated",
    "supersededterm-admn-sts": "deprecated",
    "legalterm-admn-sts": "preferred",
    "regulatedterm-admn-sts": "preferred",
    "standardizedterm-admn-sts": "preferred",
    "preferredterm": "preferred",
    "admittedterm": "admitted",
    "deprecatedterm": "deprecated",
    "supersededterm": "deprecated",
    "legalterm": "preferred",
    "regulatedterm": "preferred",
    "standardizedterm": "preferred",
    "preferred": "preferred",
    "approved": "preferred",
    "standard": "preferred",
    "main": "preferred",
    "admitted": "admitted",
    "allowed": "admitted",
    "permitted": "admitted",
    "accepted": "admitted",
    "synonym": "admitted",
    "deprecated": "deprecated",
    "superseded": "deprecated",
    "obsolete": "deprecated",
    "notrecommended": "deprecated",
    "not recommended": "deprecated",
    "forbidden": "forbidden",
    "prohibited": "forbidden",
    "banned": "forbidden",
    "rejected": "forbidden",
    "do not use": "forbidden",
    "donotuse": "forbidden",
}
"""Lower-case value of administrativeStatus, normativeAuthorization or a tool's own status field → status."""

STATUS_OUT: Mapping[str, str] = {
    "preferred": "preferredTerm-admn-sts",
    "admitted": "admittedTerm-admn-sts",
    "deprecated": "deprecatedTerm-admn-sts",
    "forbidden": "deprecatedTerm-admn-sts",  # TBX has no harder word; our note beside it says forbidden
}

UNDECIDED = frozenset({"new", "proposed", "provisional", "draft", "pending", "unprocessed", "review", "in review"})
"""Values of a status field that say nothing about the term's use: it is a draft here anyhow."""

PART_OF_SPEECH: Mapping[str, str] = {
    "noun": "noun",
    "n": "noun",
    "propernoun": "noun",
    "proper noun": "noun",
    "substantive": "noun",
    "verb": "verb",
    "v": "verb",
    "adjective": "adjective",
    "adj": "adjective",
    "adverb": "adverb",
    "adv": "adverb",
    "other": "other",
    "phrase": "other",
    "preposition": "other",
    "conjunction": "other",
    "pronoun": "other",
    "interjection": "other",
    "noun phrase": "noun",
    "verb phrase": "verb",
}

GENDER: Mapping[str, str] = {
    "masculine": "masculine",
    "m": "masculine",
    "masc": "masculine",
    "feminine": "feminine",
    "f": "feminine",
    "fem": "feminine",
    "neuter": "neuter",
    "n": "neuter",
    "neut": "neuter",
    "common": "common",
    "other": "common",
}
GENDER_OUT: Mapping[str, str] = {
    "masculine": "masculine",
    "feminine": "feminine",
    "neuter": "neuter",
    "common": "other",
}

TERM_TYPE: Mapping[str, str] = {
    "fullform": "full-form",
    "full form": "full-form",
    "full-form": "full-form",
    "entryterm": "full-form",
    "acronym": "acronym",
    "initialism": "acronym",
    "abbreviation": "abbreviation",
    "abbreviated form": "abbreviation",
    "abbreviatedform": "abbreviation",
    "shortform": "short-form",
    "short form": "short-form",
    "short-form": "short-form",
    "variant": "variant",
    "synonym": "variant",
    "phrase": "phrase",
    "phraseologicalunit": "phrase",
    "setphrase": "phrase",
    "internationalism": "variant",
    "transliteratedform": "variant",
    "symbol": "abbreviation",
}
TERM_TYPE_OUT: Mapping[str, str] = {
    "full-form": "fullForm",
    "acronym": "acronym",
    "abbreviation": "abbreviation",
    "short-form": "shortForm",
    "variant": "variant",
    "phrase": "phrase",
}

_KINDS = (
    (
        "regulation",
        ("regulation", "directive", "verordnung", "gesetz", "§", " act", "règlement", "loi ", "code ", "law"),
    ),
    ("guideline", ("guideline", "guidance", "ich ", "leitlinie", "recommendation")),
    ("product-information", ("smpc", "product information", "package leaflet", "fachinformation", "qrd")),
    ("standard", ("iso ", "iso-", "standard", "edqm", "pharmacopoeia", "meddra", "snomed", "mesh", "who drug")),
)


def citation_kind(text: str) -> str:
    """A guess for the reviewer to confirm: what kind of source a text names; ``house`` where nothing shows."""
    lower = f" {text.lower()} "
    return next((kind for kind, signs in _KINDS if any(sign in lower for sign in signs)), "house")
