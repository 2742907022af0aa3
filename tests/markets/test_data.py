"""The markets that are shipped: complete, cited, and saying what their law says."""

from datetime import date
from pathlib import Path

import phonenumbers
import pytest

from consentry.markets.build.load import Markets, load_markets
from consentry.markets.build.model import CHANNELS, FIELDS, Confidence, Layer

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 22)
LOCALES = {
    "DE": ("de-DE",), "FR": ("fr-FR",), "CH": ("de-CH", "fr-CH", "it-CH"), "GB": ("en-GB",), "US": ("en-US",),
    "US-CA": ("en-US",), "CA": ("en-CA", "fr-CA"), "CA-QC": ("fr-CA", "en-CA"), "JP": ("ja-JP",),
    "SA": ("ar-SA", "en-SA"),
}  # fmt: skip


@pytest.fixture(scope="module")
def markets() -> Markets:
    return load_markets(ROOT)


def test_nothing_is_wrong_with_the_files(markets: Markets) -> None:
    assert markets.findings == ()
    assert set(markets.packs) == {
        "europe_permission", "permission_statute", "notice_opt_out", "consent_primary", "sovereign_localised",
    }  # fmt: skip
    assert {name: market.locales for name, market in markets.markets.items()} == LOCALES
    assert markets.places == {name: name for name in LOCALES}


@pytest.mark.parametrize("market", LOCALES)
@pytest.mark.parametrize("day", [date(2020, 1, 1), TODAY])
def test_every_field_resolves_with_a_cited_chain(markets: Markets, market: str, day: date) -> None:
    policy = markets.resolve(market, day)
    for name, spec in FIELDS.items():
        reasons = policy.why(name)
        if spec.required:
            assert policy.value(name) not in (None, ()), name
            assert any(reason.effect == "decides" for reason in reasons), name
        for reason in reasons:
            line = (ROOT / reason.file).read_text("utf-8").splitlines()[reason.line - 1]
            assert reason.cite
            assert name in line or line.strip().startswith("- {") or line.strip().startswith("- layer"), (name, line)


@pytest.mark.parametrize("market", LOCALES)
def test_electronic_channels_ask_for_consent_everywhere(markets: Markets, market: str) -> None:
    models = markets.resolve(market, TODAY).consent_model
    assert [models.for_channel(channel) for channel in CHANNELS if channel != "post"] == ["opt_in"] * 4
    assert models.post == ("opt_in" if market == "SA" else "opt_out")


def test_the_law_is_kept_apart_from_what_the_product_asks(markets: Markets) -> None:
    def law(market: str, channel: str) -> str:
        reasons = markets.resolve(market, TODAY).why(f"consent_model.{channel}")
        return str(next(r.value for r in reversed(reasons) if r.layer is Layer.LAW))

    assert law("US", "email") == "opt_out"
    assert law("DE", "phone") == "opt_in"
    assert law("FR", "phone") == "opt_out"
    assert law("GB", "phone") == "opt_out"  # PECR; the ABPI code is what closes it
    code = [r for r in markets.resolve("GB", TODAY).why("consent_model.phone") if r.layer is Layer.INDUSTRY_CODE]
    assert [(r.value, r.effect) for r in code] == [("opt_in", "decides")]


def test_what_the_markets_are_known_for(markets: Markets) -> None:
    policy = {name: markets.resolve(name, TODAY) for name in LOCALES}
    assert {name for name, p in policy.items() if p.double_opt_in == "yes"} == {"DE"}
    assert {name for name, p in policy.items() if p.double_opt_in == "no"} == {"US", "US-CA"}
    assert {name for name, p in policy.items() if not p.rx_hcp_only} == {"US", "US-CA"}
    assert {name for name, p in policy.items() if p.hcp_gate == "verified_login"} == {"DE", "FR", "CH"}
    assert {name for name, p in policy.items() if p.name_order == "family_given"} == {"JP"}
    assert {name for name, p in policy.items() if p.evidence_months == 60} == {"DE", "US", "US-CA"}
    assert policy["FR"].contact_windows["mon"] == ("10:00-13:00", "14:00-18:00")
    assert policy["SA"].contact_windows["sun"] == ("09:00-18:00",)
    assert policy["SA"].contact_windows["fri"] == ()
    assert all(p.min_age == 18 and p.sample for p in policy.values())
    assert not any(p.soft_opt_in_usable or p.b2b_exemption_usable for p in policy.values())
    assert policy["CH"].placeholders == ()
    assert policy["SA"].placeholders == ("contact_windows",)
    assert [i.id for i in policy["DE"].identifiers_for("physician")] == ["efn", "lanr"]
    assert [i.id for i in policy["US"].identifiers_for("dentist")] == ["npi"]


def test_statements_name_what_each_channel_must_tell(markets: Markets) -> None:
    base = {"controller_identity", "purpose", "channel", "right_to_withdraw_consent"}
    for name in LOCALES:
        elements = markets.resolve(name, TODAY).statement_elements
        assert elements["profiling"] == ("profiling_logic",)
        casl = {"casl_mailing_address", "casl_contact", "withdrawal_statement"} if name.startswith("CA") else set()
        assert set(elements["any"]) == base | casl
        tcpa = {"autodialed_disclosure", "not_condition_of_purchase", "message_rates"}
        assert set(elements["sms"]) == (tcpa if name.startswith("US") else set())


def test_switzerland_names_the_states_of_transfer_since_its_new_act(markets: Markets) -> None:
    assert "transfer_countries_named" in markets.resolve("CH", date(2023, 9, 1)).notice_elements
    before = markets.resolve("CH", date(2023, 8, 31))
    assert before.notice_elements == markets.resolve("DE", TODAY).notice_elements


def test_overlays_add_to_their_parents(markets: Markets) -> None:
    for overlay, parent, law in (("US-CA", "US", "CCPA"), ("CA-QC", "CA", "P-39.1")):
        child, base = markets.resolve(overlay, TODAY), markets.resolve(parent, TODAY)
        assert (child.overlay, base.overlay) == (overlay, None)
        assert set(child.notice_elements) > set(base.notice_elements)
        assert set(child.separate_consents) > set(base.separate_consents)
        names = [policy.policy_version.partition("+") for policy in (child, base)]
        assert names[0][0] == names[1][0] == f"{base.pack}@1"
        assert names[0][2] != names[1][2]
        assert any(law in act for act in child.laws.data_protection)
        assert set(base.laws.e_marketing) <= set(child.laws.e_marketing)


def test_confidence_is_kept_and_nothing_is_surer_than_the_research(markets: Markets) -> None:
    facts = [reason for name in LOCALES for field in FIELDS for reason in markets.resolve(name, TODAY).why(field)]
    assert {reason.confidence for reason in facts} == set(Confidence)
    assert all(reason.basis in {"search", "knowledge"} for reason in facts)


@pytest.mark.parametrize("market", LOCALES)
def test_dialling_code_and_test_numbers_are_right(markets: Markets, market: str) -> None:
    policy = markets.resolve(market, TODAY)
    assert policy.phone_country_code == f"+{phonenumbers.country_code_for_region(policy.place.country)}"
    for identifier in policy.identifiers:
        for example in identifier.examples:
            assert _checksum(identifier.checksum, example), (identifier.id, example)


def _checksum(name: str | None, number: str) -> bool:
    digits = [int(digit) for digit in ("80840" + number if name == "npi_luhn_80840" else number)]
    if name in {"luhn", "npi_luhn_80840"}:
        return sum(d if n % 2 == 0 else sum(divmod(2 * d, 10)) for n, d in enumerate(reversed(digits))) % 10 == 0
    if name == "ean13":
        return sum(d * (1, 3)[n % 2] for n, d in enumerate(digits)) % 10 == 0
    return name == "lanr_4_9" and digits[6] == -sum(d * (4, 9)[n % 2] for n, d in enumerate(digits[:6])) % 10
