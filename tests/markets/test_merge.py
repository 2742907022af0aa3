"""How facts combine: laws of the operators, and that nothing after the market can loosen."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consentry.markets.build import merge
from consentry.markets.build.merge import Located, Source, SourceKind, as_strict, combine
from consentry.markets.build.model import DAYS, FIELDS, Fact, Layer, Market, Operator, Pack

TODAY = date(2026, 11, 22)
TIGHTENABLE = sorted(name for name, spec in FIELDS.items() if spec.operator is not Operator.REPLACE)
HALF_HOURS = st.integers(0, 48)


def _window(start: int, end: int) -> str:
    return f"{start // 2:02}:{start % 2 * 30:02}-{end // 2:02}:{end % 2 * 30:02}"


@st.composite
def _day(draw: st.DrawFn) -> tuple[str, ...] | None:
    if draw(st.booleans()):
        return draw(st.sampled_from([None, ()]))
    cuts = sorted(draw(st.lists(HALF_HOURS, min_size=2, max_size=6, unique=True)))
    return tuple(_window(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False))


def _values(name: str) -> st.SearchStrategy[Any]:
    spec = FIELDS[name]
    if spec.scale:
        return st.sampled_from(spec.scale)
    match spec.operator:
        case Operator.OR | Operator.AND:
            return st.booleans()
        case Operator.MIN | Operator.MAX:
            return st.integers(12, 30)
        case Operator.UNION:
            return st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True).map(lambda v: tuple(sorted(v)))
        case Operator.INTERSECT:
            return st.fixed_dictionaries({day: _day() for day in DAYS})
    return st.sampled_from(["given_family", "family_given"])


NAMES_AND_VALUES = st.sampled_from(TIGHTENABLE).flatmap(
    lambda name: st.tuples(st.just(name), _values(name), _values(name), _values(name))
)


def _located(name: str, value: Any, layer: Layer, **dates: date) -> Located:
    fact = Fact.model_validate({"value": value, "cite": "a law", "confidence": "high", "basis": "search", **dates})
    return Located(name, fact, value, layer, "x.yaml", 1)


def _source(kind: SourceKind, name: str, *facts: Located) -> Source:
    return Source(kind, name, {fact.field: tuple(f for f in facts if f.field == fact.field) for fact in facts})


@st.composite
def _sources(draw: st.DrawFn, name: str, kinds: tuple[SourceKind, ...]) -> list[Source]:
    made = []
    for kind in kinds:
        layers = draw(st.lists(st.sampled_from(list(Layer)), unique=True, max_size=3))
        made.append(_source(kind, kind.value, *(_located(name, draw(_values(name)), layer) for layer in layers)))
    return made


BASE = (SourceKind.PACK, SourceKind.MARKET)
TIGHTENING = (SourceKind.OVERLAY, SourceKind.PRODUCT_TYPE, SourceKind.CAMPAIGN)
CHAINS = st.sampled_from(TIGHTENABLE).flatmap(
    lambda name: st.tuples(st.just(name), _sources(name, BASE), _sources(name, TIGHTENING))
)


def _resolved(name: str, sources: list[Source], on: date = TODAY) -> Any:
    return merge._resolve_field(name, sources, on)[0]


@given(NAMES_AND_VALUES)
def test_combining_is_a_semilattice(case: tuple[str, Any, Any, Any]) -> None:
    name, a, b, c = case
    spec = FIELDS[name]
    assert combine(spec, a, a) == a
    assert combine(spec, a, b) == combine(spec, b, a)
    assert combine(spec, combine(spec, a, b), c) == combine(spec, a, combine(spec, b, c))


@given(NAMES_AND_VALUES)
def test_combining_never_loosens_either_side(case: tuple[str, Any, Any, Any]) -> None:
    name, a, b, _ = case
    both = combine(FIELDS[name], a, b)
    assert as_strict(FIELDS[name], both, a)
    assert as_strict(FIELDS[name], both, b)


@given(CHAINS)
@settings(max_examples=200)
def test_an_overlay_is_never_looser_than_its_parent(case: tuple[str, list[Source], list[Source]]) -> None:
    name, base, tightening = case
    parent, child = _resolved(name, base), _resolved(name, [*base, *tightening])
    if parent is not None:
        assert as_strict(FIELDS[name], child, parent)


@given(CHAINS, st.randoms(use_true_random=False))
def test_the_order_of_tightening_does_not_matter(case: tuple[str, list[Source], list[Source]], random: Any) -> None:
    name, base, tightening = case
    shuffled = random.sample(tightening, len(tightening))
    assert _resolved(name, [*base, *shuffled]) == _resolved(name, [*base, *tightening])


@given(CHAINS)
def test_tightening_twice_is_tightening_once(case: tuple[str, list[Source], list[Source]]) -> None:
    name, base, tightening = case
    assert _resolved(name, [*base, *tightening, *tightening]) == _resolved(name, [*base, *tightening])


@given(NAMES_AND_VALUES)
def test_an_overlay_value_below_its_parent_is_named_and_has_no_effect(case: tuple[str, Any, Any, Any]) -> None:
    name, parent, child, _ = case
    spec = FIELDS[name]
    sources = [
        _source(SourceKind.MARKET, "US", _located(name, parent, Layer.LAW)),
        _source(SourceKind.OVERLAY, "US-CA", _located(name, child, Layer.LAW)),
    ]
    found = merge.loosenings(sources, TODAY)
    expected = spec.operator is not Operator.UNION and combine(spec, parent, child) != child
    assert [(each.at.field, each.at.value, each.parent) for each in found] == (
        [(name, child, parent)] if expected else []
    )


def test_a_market_overrides_its_pack_either_way() -> None:
    pack = _source(SourceKind.PACK, "p", _located("min_age", 16, Layer.LAW))
    for age in (13, 18):
        market = _source(SourceKind.MARKET, "GB", _located("min_age", age, Layer.LAW))
        assert _resolved("min_age", [pack, market]) == age


def test_a_market_overrides_only_the_layer_it_speaks_for() -> None:
    pack = _source(
        SourceKind.PACK,
        "p",
        _located("consent_model.phone", "opt_in", Layer.LAW),
        _located("consent_model.phone", "opt_in", Layer.PRODUCT_DEFAULT),
    )
    market = _source(SourceKind.MARKET, "FR", _located("consent_model.phone", "opt_out", Layer.LAW))
    value, reasons = merge._resolve_field("consent_model.phone", [pack, market], TODAY)
    assert value == "opt_in"
    assert [(r.name, r.layer.value, r.value, r.effect) for r in reasons] == [
        ("p", "law", "opt_in", "overridden"),
        ("p", "product_default", "opt_in", "decides"),
        ("FR", "law", "opt_out", "agrees"),
    ]


def test_an_overlay_cannot_replace_what_has_no_stricter_side() -> None:
    sources = [
        _source(SourceKind.PACK, "p", _located("name_order", "given_family", Layer.PRODUCT_DEFAULT)),
        _source(SourceKind.OVERLAY, "X", _located("name_order", "family_given", Layer.PRODUCT_DEFAULT)),
    ]
    value, reasons = merge._resolve_field("name_order", sources, TODAY)
    assert value == "given_family"
    assert reasons[-1].effect == "ignored"
    assert [found.ordered for found in merge.loosenings(sources, TODAY)] == [False]


@pytest.mark.parametrize(("offset", "expected"), [(-1, 24), (0, 12), (9, 12), (10, 24)])
def test_a_fact_holds_from_its_first_day_until_the_day_before_its_end(offset: int, expected: int) -> None:
    start = date(2026, 1, 1)
    sources = [
        _source(SourceKind.PACK, "p", _located("refresh_months", 24, Layer.LAW)),
        _source(
            SourceKind.MARKET,
            "DE",
            _located("refresh_months", 12, Layer.LAW, **{"from": start, "until": start + timedelta(days=10)}),
        ),
    ]
    assert _resolved("refresh_months", sources, start + timedelta(days=offset)) == expected


def test_windows_intersect_and_null_means_no_rule() -> None:
    open_day: dict[str, Any] = dict.fromkeys(DAYS)
    law = {**open_day, "mon": ("10:00-13:00", "14:00-20:00"), "sat": ()}
    office = {**open_day, "mon": ("09:00-18:00",), "tue": ("09:00-18:00",), "sat": ("09:00-12:00",)}
    both = combine(FIELDS["contact_windows"], law, office)
    assert both["mon"] == ("10:00-13:00", "14:00-18:00")
    assert both["tue"] == ("09:00-18:00",)
    assert both["sat"] == ()
    assert both["sun"] is None


def test_missing_required_fields_are_named_by_day() -> None:
    source = _source(SourceKind.PACK, "p", _located("min_age", 16, Layer.LAW, **{"from": TODAY}))
    assert "min_age" not in merge.missing([source], TODAY)
    assert "min_age" in merge.missing([source], TODAY - timedelta(days=1))
    assert "message_labels" not in merge.missing([source], TODAY)  # nobody has to have any


def test_resolve_fills_every_attribute() -> None:
    shared = {"sample": True, "needs_local_legal_review": True, "policy": {}}
    pack = Pack.model_validate({"pack": "p", "version": 3, "name": "P", **shared})
    market = Market.model_validate(
        {
            "market": "DE", "pack": "p", "name": "Germany", "locales": ["de-DE"], "time_zones": ["Europe/Berlin"],
            "place": {"country": "DE", "region": None}, "phone_country_code": "+49", "laws": {},
            "complaint_authority": {"local_name": "LfDI", "english": "authority"}, **shared,
        }
    )  # fmt: skip
    facts = [_located(name, "given_family", Layer.LAW) for name in ("name_order",)]
    policy = merge.resolve(pack, [market], [_source(SourceKind.PACK, "p", *facts)], TODAY)
    assert re.fullmatch(r"p@3[+][0-9a-f]{12}", policy.policy_version)
    assert policy.overlay is None
    assert policy.statement_elements == dict.fromkeys(
        ("any", "email", "sms", "phone", "post", "messaging", "profiling"), ()
    )
    assert {policy.value(name) for name in ("name_order",)} == {"given_family"}
    for name in FIELDS:
        policy.value(name)
        policy.why(name)
    for ask in (policy.value, policy.why):
        with pytest.raises(LookupError):
            ask("colour")
    with pytest.raises(LookupError):
        policy.consent_model.for_channel("pigeon")
