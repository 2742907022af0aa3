"""``editorial/workbench.json``: what translators and reviewers work on, beside the segments that the glossary judges.

Strings with their English and limits, catalogs as they stand, and per form × market × locale what it shows and what
else holds it back. The translations API overlays it with drafts and approvals.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from consentry.base.build.findings import Finding, Unit
from consentry.consent.models import NOTICE, SLOTS, Controller
from consentry.content.build.content import Content
from consentry.content.build.documents import label_essence
from consentry.content.build.offers import Offer, required_elements
from consentry.content.build.units import Shown
from consentry.forms.build.catalogs import is_thin, plural_categories
from consentry.locales.build import names

if TYPE_CHECKING:
    from consentry.content.workbench import UnitEntry

JUDGED_ANEW = frozenset(
    {
        *("missing-label", "stale", "missing-text", "approval", "dates"),
        *("missing-term", "unwanted-term", "name-changed", "prohibited-wording", "proposed-form", "look-alike"),
    }
)
"""Rules that the API judges by itself, with the store's drafts and approvals."""


def workbench(
    content: Content,
    offers: Mapping[tuple[str, str], Offer],
    shown: Mapping[Unit, Shown],
    seen: Sequence[Unit],
    findings: Sequence[Finding],
) -> dict[str, Any]:
    """The document; see ``consentry.content.workbench`` for its shape."""
    sets: dict[tuple[str, ...], int] = {}
    units: dict[str, UnitEntry] = {}
    for unit in sorted(set(seen)):
        built = offers.get((unit.form, unit.market))
        strings = shown[unit].strings if unit in shown else ()
        held = sets.setdefault(tuple(sorted(strings)), len(sets))
        units[f"{unit.form}/{unit.market}/{unit.locale}"] = {
            "controller": built.controller.controller if built else "",
            "parents": list(built.policy.parents) if built else [],
            "strings": held,
            "texts": _texts(built) if built else {},
            "findings": [_finding(each) for each in findings if unit in each.blocks and each.rule not in JUDGED_ANEW],
        }
    return {
        "locales": {
            tag: {"catalogs": entry.catalogs, "rtl": names.direction(entry) == "rtl"}
            for tag, entry in content.locales.items()
        },
        "catalogs": {
            name: {
                "plurals": plural_categories(name),
                "thin": is_thin(name),
                "entries": {
                    id_: label_essence(name, entry)
                    for id_, entry in sorted(catalog.entries.items())
                    if entry.translated
                },
            }
            for name, catalog in content.catalogs.items()
        },
        "strings": {
            id_: {
                "source": string.english,
                "limit": string.limit,
                "where": string.where,
                "placeholders": sorted(string.placeholders),
            }
            for id_, string in content.strings.items()
        },
        "units": units,
        "shown": [list(strings) for strings in sets],
        "controllers": {name: _slots(controller) for name, controller in content.consent.controllers.items()},
        "published": content.consent.published,
    }


def _texts(built: Offer) -> dict[str, list[str]]:
    """Legal text → the elements that the market's law asks of it."""
    texts = {NOTICE: sorted(built.policy.notice_elements)}
    return texts | {name: sorted(required_elements(built.policy, said)) for name, (said, _) in built.statements.items()}


def _slots(controller: Controller) -> dict[str, Any]:
    return {slot: getattr(controller, slot) for slot in sorted(SLOTS)}


def _finding(finding: Finding) -> dict[str, str]:
    said = ("file", "key", "rule", "message", "mend")
    return {name: getattr(finding, name) for name in said}
