"""What is wrong in a file is said with file, line, key and mend, and blocks what it must."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from consentry.base.build.findings import Finding
from consentry.markets.build.load import Markets, load_markets

ROOT = Path(__file__).parents[2]
Edit = Callable[[str, str, str], Markets]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """The shipped markets with one replacement in one file."""

    def edit(file: str, old: str, new: str) -> Markets:
        for path in (ROOT / "markets").rglob("*.yaml"):
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text("utf-8"), "utf-8")
        target = tmp_path / "markets" / file
        before = target.read_text("utf-8")
        assert old in before
        target.write_text(before.replace(old, new, 1), "utf-8")
        return load_markets(tmp_path)

    return edit


def _line(file: str, text: str) -> int:
    lines = (ROOT / "markets" / file).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def _only(markets: Markets) -> Finding:
    assert len(markets.findings) == 1, markets.findings
    return markets.findings[0]


def test_an_overlay_that_loosens_names_file_line_field_and_both_values(edited: Edit) -> None:
    markets = edited("US-CA.yaml", "min_age: {layer: law, value: 16", "min_age: {layer: law, value: 12")
    found = _only(markets)
    assert (found.file, found.line, found.key) == (
        "markets/US-CA.yaml", _line("US-CA.yaml", "  min_age"), "policy.min_age",
    )  # fmt: skip
    assert found.rule == "loosening"
    assert found.message == "min_age: 12 is looser than 13"
    assert set(markets.blocking) == {"US-CA"}
    assert markets.resolve("US-CA", date(2026, 1, 1)).min_age == 18


def test_an_overlay_that_loosens_only_later_is_found_too(edited: Edit) -> None:
    markets = edited(
        "CA-QC.yaml",
        "  residency:",
        "  unsubscribe_business_days: {value: 20, cite: c, confidence: low, basis: search, from: 2031-01-01}\n"
        "  residency:",
    )
    assert _only(markets).message == "unsubscribe_business_days: 20 is looser than 10"


def test_what_a_market_asks_names_its_policy(edited: Edit) -> None:
    day = date(2026, 11, 22)

    def versions(markets: Markets) -> dict[str, str]:
        return {name: markets.resolve(name, day).policy_version for name in markets.markets}

    before = versions(load_markets(ROOT))
    assert len(set(before.values())) == len(before)
    same = edited("CA.yaml", "name: Canada", "name: Canada and its provinces")
    assert versions(same) == before
    changed = versions(edited("CA.yaml", "double_opt_in: {value: recommended", 'double_opt_in: {value: "yes"'))
    assert {name for name in before if before[name] != changed[name]} == {"CA", "CA-QC"}
    assert all(changed[name].partition("+")[0] == before[name].partition("+")[0] for name in before)


def test_an_overlay_may_not_replace(edited: Edit) -> None:
    fact = "name_order: {value: family_given, cite: c, confidence: low, basis: search}"
    markets = edited("CA-QC.yaml", "policy:\n", f"policy:\n  {fact}\n")
    found = _only(markets)
    assert (found.rule, set(markets.blocking)) == ("loosening", {"CA-QC"})
    assert "family_given would replace given_family" in found.message


@pytest.mark.parametrize(
    ("file", "old", "new", "rule", "key", "blocked"),
    [
        ("DE.yaml", ", cite: UWG § 7(2) no. 2,", ",", "schema", "policy.consent_model.email[0].cite", {"DE"}),
        ("DE.yaml", "name: Germany", "name: Germany\ncolour: red", "schema", "colour", {"DE"}),
        ("DE.yaml", "sample: true", "sample: yes", "schema", "sample", {"DE"}),
        ("DE.yaml", "  double_opt_in:", "  double_opt:", "unknown-field", "policy.double_opt", {"DE"}),
        ("DE.yaml", 'value: "yes"', 'value: "maybe"', "value", "policy.double_opt_in.value", {"DE"}),
        ("GB.yaml", "value: 24", 'value: "24"', "value", "policy.refresh_months.value", {"GB"}),
        ("DE.yaml", "^[0-9]{9}$", "[0-9]{9}$", "value", "policy.identifiers.value[1].regex", {"DE"}),
        ("DE.yaml", "^[0-9]{9}$", r"^\\d{9}$", "value", "policy.identifiers.value[1].regex", {"DE"}),
        ("DE.yaml", "^[0-9]{9}$", "^([0-9]+)*$", "value", "policy.identifiers.value[1].regex", {"DE"}),
        ("FR.yaml", '"14:00-20:00"', '"12:00-20:00"', "value", "policy.contact_windows[0].value", {"FR"}),
        ("JP.yaml", "Asia/Tokyo", "Asia/Tokio", "time-zone", "time_zones[0]", {"JP"}),
        ("JP.yaml", "Asia/Tokyo", "Asia/Seoul", "time-zone", "time_zones[0]", {"JP"}),
        ("JP.yaml", "pack: permission_statute", "pack: permissive", "unknown-pack", "pack", {"JP"}),
        ("CA-QC.yaml", "parent: CA", "parent: XX", "unknown-parent", "parent", {"CA-QC"}),
        ("CA-QC.yaml", "parent: CA", "parent: US-CA", "unknown-parent", "parent", {"CA-QC"}),
        ("CA-QC.yaml", "pack: permission_statute", "pack: notice_opt_out", "pack-differs", "pack", {"CA-QC"}),
        ("CA-QC.yaml", "region: QC", "region: null", "place", "place", {"CA-QC"}),
        ("SA.yaml", "market: SA", "market: SB", "file-name", "market", {"SA"}),
        ("SA.yaml", "name: Saudi Arabia", "name: Saudi Arabia\nname: KSA", "yaml", "name", {"SA"}),
        ("SA.yaml", "laws:", "laws: [", "yaml", "", {"SA"}),
        ("CH.yaml", "from: 2023-09-01", "from: 2023-09-01, until: 2023-09-01", "dates",
         "policy.notice_elements.until", {"CH"}),
        ("CA.yaml", "place: {country: CA", "place: {country: ca", "schema", "place.country", {"CA", "CA-QC"}),
    ],
)  # fmt: skip
def test_a_mistake_is_named_where_it_stands(
    edited: Edit, file: str, old: str, new: str, rule: str, key: str, blocked: set[str]
) -> None:
    markets = edited(file, old, new)
    found = next(each for each in markets.findings if each.rule == rule)
    assert (found.file, found.key) == (f"markets/{file}", key)
    assert found.message
    assert found.mend
    written = (ROOT / "markets" / file).read_text("utf-8")
    at = written[: written.index(old)].count("\n") + 1 + new.count("\n")
    assert found.line == at or (rule == "yaml" and found.line > at)
    assert set(markets.blocking) == blocked


def test_two_values_of_one_layer_on_one_day(edited: Edit) -> None:
    twice = (
        "[{value: 12, cite: a, confidence: low, basis: search}, {value: 18, cite: b, confidence: low, basis: search}]"
    )
    markets = edited("JP.yaml", "policy:\n", f"policy:\n  refresh_months: {twice}\n")
    assert (_only(markets).rule, set(markets.blocking)) == ("overlap", {"JP"})
    dated = twice.replace("12, cite: a", "12, cite: a, until: 2026-01-01").replace(
        "18, cite", "18, from: 2026-01-01, cite"
    )
    assert edited("JP.yaml", "policy:\n", f"policy:\n  refresh_months: {dated}\n").findings == ()


def test_a_field_missing_before_a_day_blocks_the_markets_that_need_it(edited: Edit) -> None:
    markets = edited("packs/consent_primary.yaml", "  min_age: {", "  min_age: {from: 2026-06-01, ")
    assert markets.findings == ()  # the market's own law fills the gap
    markets = edited("packs/consent_primary.yaml", "  name_order: {", "  name_order: {from: 2026-06-01, ")
    assert (_only(markets).rule, _only(markets).message) == ("missing-field", "SA has no name_order")
    assert set(markets.blocking) == {"SA"}


def test_a_broken_pack_takes_its_markets_and_their_overlays_down_and_no_others(edited: Edit) -> None:
    markets = edited("packs/permission_statute.yaml", "version: 1", "version: one")
    assert set(markets.blocking) == {"CA", "CA-QC", "JP"}
    assert set(markets.markets) == {"DE", "FR", "CH", "GB", "US", "US-CA", "SA"}
    with pytest.raises(LookupError):
        markets.resolve("JP", date(2026, 1, 1))


def test_an_error_in_a_pack_blocks_all_that_stand_on_it(edited: Edit) -> None:
    markets = edited(
        "packs/notice_opt_out.yaml",
        "  min_age:",
        "  min_height: {value: 18, cite: c, confidence: low, basis: search}\n  min_age:",
    )
    assert (_only(markets).rule, set(markets.blocking)) == ("unknown-field", {"US", "US-CA"})


def test_an_error_in_a_market_blocks_its_overlay(edited: Edit) -> None:
    markets = edited("US.yaml", "[America/New_York", "[America/Nowhere, America/New_York")
    assert set(markets.blocking) == {"US", "US-CA"}


def test_no_and_norway_stay_words(edited: Edit) -> None:
    markets = edited("US.yaml", 'value: "no"', "value: no")
    assert markets.findings == ()
    assert markets.resolve("US", date(2026, 1, 1)).double_opt_in == "no"


def test_an_empty_file_is_a_finding(edited: Edit, tmp_path: Path) -> None:
    edited("DE.yaml", "market: DE", "market: DE")
    (tmp_path / "markets/NO.yaml").write_text("")
    assert [(found.rule, found.line) for found in load_markets(tmp_path).findings] == [("yaml", 1)]
