"""The identity index: every spelling of a mailbox is one entry, and without the key it is nobody's."""

import pytest

from consentry.base.secrets import parse
from consentry.submissions.identity import email_entry

SECRET = parse('{"current":"2","1":"first","2":"second"}')


def index(address: str) -> str:
    return str(email_entry(address, "1" * 32, SECRET, "2026-11-22T09:00:00.000Z")["idx"])


@pytest.mark.parametrize(
    "other",
    ["Kim.MÜLLER@BÜCHER.example", "kim.mu\u0308ller@bücher.example", "kim.müller@xn--bcher-kva.example"],
)
def test_every_spelling_of_a_mailbox_is_one_entry(other: str) -> None:
    assert index(other) == index("kim.müller@bücher.example")


@pytest.mark.parametrize(
    "other", ["kim.muller@example.com", "kim.m@example.com.", "im.m@example.com", "kim.m@example.co"]
)
def test_another_mailbox_is_another_entry(other: str) -> None:
    assert index(other) != index("kim.m@example.com")


def test_the_entry_names_its_epoch_and_not_the_mailbox() -> None:
    entry = email_entry("kim@example.com", "1" * 32, SECRET, "now")
    assert entry["idx"].startswith("IDX#2#")
    assert "kim" not in repr(entry)
    assert entry["idx"] != email_entry("kim@example.com", "1" * 32, parse('{"current":"2","2":"other"}'), "now")["idx"]


def test_a_domain_that_has_no_ascii_form_is_kept_as_it_is() -> None:
    assert index(f"kim@{'ü' * 70}.example") == index(f"KIM@{'Ü' * 70}.example")
