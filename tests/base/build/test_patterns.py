"""What content writers may put into a pattern."""

import time

import jsonschema_rs
import pytest

from consentry.base.build.patterns import check_portable


@pytest.mark.parametrize(
    "pattern", [r"^\w+$", r"^(?=a)b$", r"^a+?$", r"^\p{L}$", "a$", "^a", r"^(a)\1$", "^[$", r"^\d$"]
)
def test_patterns_that_engines_read_differently_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|regular|anchored"):
        check_portable(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "^[0-9]{4}$",
        "^[ァ-ヺー・ｦ-ﾟ 　]+$",
        "^(?:a|b)+$",
        r"^a\.b$",
        r"^[(+*\]]+$",
        "^CAMD([- ]?[0-9]{4}){2}$",
        "^[A-Z]+(?:-[0-9]+)?$",
        "^(?:-[0-9]{4})*$",
        r"^(?:\.x|-y)*$",
    ],
)
def test_portable_patterns_pass(pattern: str) -> None:
    assert check_portable(pattern) == pattern
    jsonschema_rs.validator_for({"pattern": pattern})


@pytest.mark.parametrize(
    "pattern",
    [
        "^([0-9]+)*$",
        "^(?:[a-z]+[-]?)+$",
        "^([a-z]{1,9}){30}$",
        "^(?:[0-9]|[0-9a-f])+$",
        "^(?:a|ab|b)*$",
        "^((a?b?){2})+$",
        "^(?:x(?:[0-9]{0,5})y)*$",
        "^(?:[0-9]*){3}$",
        "^(?:(?:[0-9]{1,99}){1,2}){999}$",
    ],
)
def test_patterns_that_a_wrong_answer_could_keep_busy_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="in many ways"):
        check_portable(pattern)


def test_alternatives_stand_in_a_group() -> None:
    """``^a|b$`` takes whatever begins with an a."""
    with pytest.raises(ValueError, match="need a group"):
        check_portable("^a|b$")


def test_checking_takes_no_time_itself() -> None:
    began = time.perf_counter()
    with pytest.raises(ValueError, match="in many ways"):
        check_portable("^" + "(" * 30 + "a+" + ")+" * 30 + "$")
    assert time.perf_counter() - began < 1
