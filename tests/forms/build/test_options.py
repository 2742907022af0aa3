"""The shipped option sets: own codes, and what they are in the lists that others use."""

from pathlib import Path

from consentry.forms.build.library import load_library

VOCABULARY = {
    "care_setting": "v3-actcode",
    "practice_type": "icha-hp",
    "preferred_channel": "v3-participationmode",
    "profession": "isco-08",
    "role": "practitioner-role",
    "specialty": "annex-v",
    "therapy_area": "atc",
}
OWN = {"experience_band", "interest_area", "request_type", "seniority"}
"""No open list has these (docs/decisions.md)."""
UNLIKE = {"other", "research-site", "patient-care", "pharmacy-service", "formulary-committee", "research-coordination"}
UNLIKE |= {"service-management", "procurement"}


def test_every_option_is_mapped_unless_no_list_has_it() -> None:
    library = load_library(Path(__file__).parents[3])
    assert set(library.options) == VOCABULARY.keys() | OWN
    for name, held in library.options.items():
        for option in held.options:
            said = set(option.mappings)
            assert said <= {VOCABULARY.get(name)}, (name, option.code)
            assert said or name in OWN or option.code in UNLIKE, (name, option.code)
