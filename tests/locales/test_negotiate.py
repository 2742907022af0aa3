import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentry.locales.negotiate import negotiate

SWISS = ["de-CH", "fr-CH", "it-CH"]


@pytest.mark.parametrize(
    ("requested", "header", "available", "expected"),
    [
        (None, None, SWISS, "de-CH"),
        ("fr-CH", "it", SWISS, "fr-CH"),
        ("FR_ch", None, SWISS, "fr-CH"),
        ("fr", None, SWISS, "fr-CH"),
        ("fr-FR", None, SWISS, "fr-CH"),
        ("ja", "it-IT", SWISS, "it-CH"),
        (None, "it-IT,it;q=0.9,de;q=0.8", SWISS, "it-CH"),
        (None, "de;q=0.2, fr;q=0.7", SWISS, "fr-CH"),
        (None, "ja, *;q=0.5", SWISS, "de-CH"),
        (None, "*, de;q=0", SWISS, "fr-CH"),
        (None, "de;q=0", ["de-CH"], "de-CH"),
        (None, "de-CH;q=0, *;q=0", SWISS, "de-CH"),
        ("de-x-private", None, ["fr-FR", "de-DE", "de-x-other"], "de-DE"),
        (None, "en-GB;q=0.8, fr-CA;q=0.8", ["fr-CA", "en-CA"], "en-CA"),
        (None, "en;q=2, fr", ["en-CA", "fr-CA"], "fr-CA"),
        (None, "en;q=0.1234, fr;q=0.1", ["en-CA", "fr-CA"], "fr-CA"),
        (None, "en;level=1, fr;q=0.1", ["en-CA", "fr-CA"], "fr-CA"),
        (None, "ar-SA-u-nu-latn", ["en-SA", "ar-SA"], "ar-SA"),
        (None, "zh-Hant-x-private", ["en-SA", "zh-Hant"], "zh-Hant"),
        (None, "e\u0660, fr", ["en-CA", "fr-CA"], "fr-CA"),
        ("\u0130", ",;,;q=,=", SWISS, "de-CH"),
    ],
)
def test_examples(requested: str | None, header: str | None, available: list[str], expected: str) -> None:
    assert negotiate(requested, header, available) == expected


_TAGS = ["de-DE", "fr-FR", "de-CH", "fr-CH", "it-CH", "en-GB", "en-US", "fr-CA", "ja-JP", "ar-SA", "en-SA"]
_RANGE = st.sampled_from([*_TAGS, "de", "fr", "en", "ja", "ar", "zh", "*", "de-AT", "fr-BE"])
_ALNUM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_QVALUE = st.one_of(
    st.integers(0, 1000).map(lambda n: f"{n / 1000:.3f}"), st.sampled_from(["1", "0", "0.", "1.", "1.0", "0.5"])
)


@st.composite
def _items(draw: st.DrawFn) -> list[tuple[str, str | None]]:
    return draw(st.lists(st.tuples(_RANGE, st.none() | _QVALUE), min_size=1, max_size=6))


def _header(items: list[tuple[str, str | None]], space: str) -> str:
    return f"{space},{space}".join(name if q is None else f"{name}{space};{space}q={q}" for name, q in items)


@given(st.none() | st.text(), st.none() | st.text(), st.lists(st.sampled_from(_TAGS), min_size=1, unique=True))
def test_any_text_gets_one_of_the_tags_on_offer(req: str | None, header: str | None, available: list[str]) -> None:
    assert negotiate(req, header, available) in available


@given(_items(), st.sampled_from(["", " "]), st.lists(st.sampled_from(_TAGS), min_size=1, unique=True))
def test_a_better_range_is_never_passed_over(
    items: list[tuple[str, str | None]], space: str, available: list[str]
) -> None:
    """Against an independent reading of the rules: weights by sorting, ranges by regular expression."""
    weighted = [(name.lower(), 1.0 if q is None else float(q)) for name, q in items]
    refused = [name for name, q in weighted if q == 0 and name != "*"]
    offered = [t for t in available if not any(re.fullmatch(rf"{r}(-.*)?", t.lower()) for r in refused)]
    expected = available[0]
    for name, q in sorted(weighted, key=lambda pair: pair[1], reverse=True):
        if q == 0:
            break
        candidates = list(offered) if name == "*" else []
        shorter = name
        while not candidates and shorter and name != "*":
            candidates = [t for t in offered if t.lower() == shorter]
            candidates += [t for t in offered if re.match(rf"{shorter}-", t.lower())]
            shorter = shorter.rpartition("-")[0]
        if candidates:
            expected = candidates[0]
            break
    assert negotiate(None, _header(items, space), available) == expected


@given(_items(), st.lists(st.sampled_from(_TAGS), min_size=1, unique=True))
def test_case_does_not_matter(items: list[tuple[str, str | None]], available: list[str]) -> None:
    header = _header(items, "")
    assert negotiate(None, header.upper().replace("Q=", "q="), available) == negotiate(None, header, available)


@given(st.sampled_from(_TAGS), st.text(alphabet=_ALNUM, min_size=3, max_size=8))
def test_an_exact_tag_wins_over_a_longer_one(tag: str, suffix: str) -> None:
    assert negotiate(tag, None, [f"{tag}-{suffix}", tag]) == tag
