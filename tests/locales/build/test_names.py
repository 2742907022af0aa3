"""Names and orders of CLDR and ISO, as a reader of each language expects them."""

from pathlib import Path

import pycountry
import pytest

from consentry.locales.build import names
from consentry.locales.build.collation import sort_key
from consentry.locales.build.registry import LocaleEntry, load_locales


def locale(tag: str, cldr: str | None = None) -> LocaleEntry:
    return LocaleEntry(tag=tag, cldr=cldr or tag.replace("-", "_"), catalogs=[])


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", ["Afghanistan", "Ägypten", "Albanien", "Oman", "Österreich", "Zypern"]),
        ("fr", ["cote", "Côte", "côté", "États-Unis", "Éthiopie", "Yémen", "Zambie"]),
        ("ja", ["アイスランド", "イギリス", "ガーナ", "カナダ", "ハイチ", "中国", "日本", "北朝鮮"]),
        ("ar", ["آيسلندا", "ألمانيا", "بلجيكا", "تونس", "هولندا"]),
    ],
)
def test_order(language: str, expected: list[str]) -> None:
    assert sorted(set(expected), key=sort_key(language)) == expected


def test_other_is_last_whatever_it_is_called() -> None:
    assert [c for c, _ in names.by_label([("other", "Aaa"), ("b", "Zz"), ("a", "Ää")], "de")] == ["a", "b", "other"]


def test_every_country_has_a_name_in_every_locale_served() -> None:
    served, found = load_locales(Path(__file__).parents[3])
    assert found == []
    assert len(served) == 12
    for entry in served.values():
        codes = [country.alpha_2 for country in pycountry.countries]
        options = names.country_options(codes, entry)
        assert {code for code, _ in options} == set(codes)
        assert all(label != code for code, label in options)
        assert len({label for _, label in options}) == len(options)


def test_regions_are_named_as_the_place_names_them() -> None:
    assert names.region_codes("DE") == ()
    assert len(names.region_codes("US")) == 56
    assert len(names.region_codes("CA")) == 13
    french = dict(names.region_options("CA", locale("fr-CA")))
    assert (french["QC"], french["PE"], french["NB"]) == ("Québec", "Île-du-Prince-Édouard", "Nouveau-Brunswick")
    english = dict(names.region_options("US", locale("en-US")))
    assert (english["DC"], english["VI"]) == ("District of Columbia", "U.S. Virgin Islands")
    assert names.place_name("US", "CA", locale("de-DE")) == "Vereinigte Staaten (Kalifornien)"
    assert names.place_name("CA", "QC", locale("ar-SA")) == "كندا (كيبيك)"


@pytest.mark.parametrize(
    ("tag", "cldr", "name", "direction"),
    [
        ("de-CH", "de_CH", "Deutsch (Schweiz)", "ltr"),
        ("fr-CA", "fr_CA", "Français (Canada)", "ltr"),
        ("ja-JP", "ja_JP", "日本語 (日本)", "ltr"),
        ("ar-SA", "ar_SA", "العربية (المملكة العربية السعودية)", "rtl"),
        ("en-SA", "en_GB", "English (Saudi Arabia)", "ltr"),
    ],
)
def test_a_locale_is_named_in_its_own_words(tag: str, cldr: str, name: str, direction: str) -> None:
    entry = locale(tag, cldr)
    assert (names.endonym(entry), names.direction(entry)) == (name, direction)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("- {tag: de-DE, cldr: xx_XX, catalogs: []}\n", 1, "[0].cldr"),
        ("- {tag: de_DE, cldr: de_DE, catalogs: []}\n", 1, "[0].tag"),
        ("- {tag: de-DE, cldr: de_DE, catalogs: []}\n- {tag: de-DE, cldr: de_DE, catalogs: []}\n", 2, "[1].tag"),
        ("tag: de-DE\n", 1, ""),
    ],
)
def test_a_wrong_locale_is_a_finding(tmp_path: Path, text: str, line: int, key: str) -> None:
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms/locales.yaml").write_text(text, "utf-8")
    _, (finding,) = load_locales(tmp_path)
    assert (finding.file, finding.line, finding.key) == ("forms/locales.yaml", line, key)
