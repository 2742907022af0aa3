"""What the table says about a budget."""

import json
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import ground
from benchmarks.report import Figure, compared, figure, table


def test_budgets_bound_values_and_ratios_from_their_side() -> None:
    assert figure("x", 30, "µs", at_most=30).ok
    assert figure("x", 31, "µs", at_most=30).ok is False
    assert figure("x", 31, "µs").ok is None
    assert compared("x", 14, "ms", "peer", 10, at_most=1.4).ok
    assert compared("x", 15, "ms", "peer", 10, at_most=1.4).ok is False
    assert compared("x", 30, "a second", "peer", 10, at_least=3).ok
    assert compared("x", 29, "a second", "peer", 10, at_least=3).ok is False


def test_a_missed_budget_is_said_in_the_table_with_its_note() -> None:
    lines = table([figure("fast", 1, "µs", at_most=2), figure("slow", 3, "µs", at_most=2, note="why")]).splitlines()
    assert lines[1].endswith("ok")
    assert lines[2].endswith("MISSED")
    assert lines[3].strip() == "why"


@pytest.mark.parametrize(("value", "code"), [(1, 0), (3, 1)])
def test_the_command_fails_when_a_budget_is_missed(
    value: float, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(_content: ground.Content, _options: command.Options) -> list[Figure]:
        return [figure("x", value, "µs", at_most=2)]

    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setattr(command, "PARTS", {"x": ("", measure)})
    monkeypatch.setattr(ground, "build_content", lambda _: ground.Content(Path(), 0))
    assert command.main(["x", "--json"]) == code
    (part,) = json.loads(capsys.readouterr().out)["parts"].values()
    assert [(each["name"], each["ok"]) for each in part["figures"]] == [("x", not code)]


def test_an_unknown_part_and_a_machine_that_writes_no_bytecode_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, named in ((["nothing"], "no such part: nothing"), ([], "PYTHONDONTWRITEBYTECODE")):
        monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        with pytest.raises(SystemExit) as caught:
            command.main(arguments)
        assert caught.value.code == 2
        assert named in capsys.readouterr().err
