"""Anything but an insert on the events' stream is an alarm."""

import json

import pytest

from consentry.consent.watch_worker import handler


@pytest.mark.parametrize(("names", "alarmed"), [(["INSERT"], 0), (["MODIFY"], 1), (["INSERT", "REMOVE", "MODIFY"], 2)])
def test_changes_are_counted_and_name_nobody(
    names: list[str], alarmed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [{"eventName": name, "dynamodb": {"Keys": {"subject_ref": {"S": "secret"}}}} for name in names]
    handler({"Records": records}, None)
    printed = capsys.readouterr().out
    assert (json.loads(printed)["EventTampering"] if printed else 0) == alarmed
    assert "secret" not in printed
