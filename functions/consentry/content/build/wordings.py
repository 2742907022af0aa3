"""Every legal text as some form would show it: what there is to approve and to lock."""

from datetime import date

from consentry.base.build.findings import Finding
from consentry.consent.build.approvals import Wording
from consentry.consent.build.gates import candidates
from consentry.consent.build.texts import render
from consentry.consent.models import NOTICE
from consentry.content.build.content import Content


def wordings(content: Content, on: date) -> tuple[list[Finding], list[Wording]]:
    """Texts that forms use, per market, locale and controller: versions in force on ``on`` or later."""
    found: list[Finding] = []
    texts: set[Wording] = set()
    for form in content.library.forms.values():
        for market, offered in form.markets.items():
            policy = content.policies.markets.get(market)
            controller = content.consent.controllers.get(offered.controller)
            if policy is None or controller is None:
                continue
            ids = {NOTICE}
            for stage in form.stages:
                ids |= {*stage.statements, *stage.market_statements.get(market, [])}
            for tag in policy.locales:
                locale = content.locales.get(tag)
                if locale is None:
                    continue
                place = policy.place(locale, on)
                for text_id in sorted(ids):
                    for file in candidates(content.consent, place, text_id):
                        until = file.text.effective.until
                        if until is not None and until <= on:
                            continue
                        rendered, wrong = render(file.source, file.text, controller, tag, rtl=place.rtl)
                        found += wrong
                        if rendered is not None:
                            version, sample = file.text.version, file.text.sample
                            words = rendered.digest
                            name = controller.controller
                            texts.add(Wording(market, text_id, version, tag, name, words, sample))
    return list(dict.fromkeys(found)), sorted(texts)
