"""From a text with slots to the canonical plain text, with findings that name the line to mend."""

from consentry.base.build.findings import Finding
from consentry.base.build.source import Source
from consentry.consent.models import SLOTS, Controller, Text
from consentry.consent.wording import Fault, Rendered, rendered


def render(
    source: Source, text: Text, controller: Controller, locale: str, *, rtl: bool
) -> tuple[Rendered | None, list[Finding]]:
    """``text`` with its slots filled from ``controller``; a slot without words in ``locale`` is a finding."""
    made, faults = rendered(text, lambda slot: controller.value(slot, locale), rtl=rtl)
    found = [_finding(source, fault, controller, locale) for fault in faults]
    return (None if found else made), found


def _finding(source: Source, fault: Fault, controller: Controller, locale: str) -> Finding:
    if fault.rule == "link":
        message = f"{fault.subject!r} is not an https address"
        return source.finding(fault.key, "link", message, "write an address with https://")
    slot = fault.subject
    known = slot.partition(".")[2] in SLOTS and slot.startswith("controller.")
    where = f"consent_texts/controllers/{controller.controller}.yaml"
    message = f"the slot {{{slot}}} has no words in {locale}" if known else f"there is no slot {{{slot}}}"
    mend = f"add {locale} to it in {where}" if known else "use {controller.<key>} with a key of the controller"
    return source.finding(fault.key, "slot", message, mend)
