"""Progressive profiling from the outside."""

import json
from typing import Any

import pytest

from consentry.base.canonical import digest
from consentry.submissions.tokens import issue, read
from support.release import FORM, body, consents
from support.stack import Stack


def profile(
    market: str = "DE", locale: str = "de-DE", *, given: tuple[str, ...] = (), **answers: Any
) -> dict[str, Any]:
    return {
        **body(market, locale),
        "stage": "profile",
        "answers": answers or {"practice_type": "solo-practice", "phone": "030 1234567"},
        "consents": consents(market, locale, "promotional-phone", given=given),
    }


def interests(**answers: Any) -> dict[str, Any]:
    return {**body(), "stage": "interests", "answers": answers or {"therapy_areas": ["c"]}, "consents": []}


@pytest.fixture
def token(stack: Stack) -> str:
    return str(stack.submit(body())[1]["profile_token"])


def test_three_stages_make_one_lead_and_one_chain(stack: Stack, token: str) -> None:
    assert stack.next(token)[1] == {
        "form": FORM,
        "market": "DE",
        "locale": "de-DE",
        "stage": "profile",
        "fields": ["phone", "practice_type"],
        "statements": ["promotional-phone"],
    }
    status, second = stack.answer(token, profile(given=("promotional-phone",)))
    assert (status, second["next"], second["profile_token"]) == (201, {"stage": "interests"}, second["profile_token"])
    assert second["statements"][0]["state"] == "given"
    status, third = stack.answer(second["profile_token"], interests())
    assert (status, third["next"]) == (201, None)
    assert stack.next(token)[1]["stage"] is None

    (lead,) = stack.rows("leads")
    assert lead["stages"] == ["opt-in", "profile", "interests"]
    assert lead["profile"]["practice_type"] == "solo-practice"
    assert lead["profile"]["therapy_areas"] == ["c"]
    assert_chained(stack.rows("consents"), 4)


def assert_chained(rows: list[dict[str, Any]], count: int) -> None:
    """The subject's events count from 1 without a gap and each names the one before."""
    records = sorted(((json.loads(row["body"]), row) for row in rows), key=lambda pair: pair[0]["subject_seq"])
    assert [record["subject_seq"] for record, _ in records] == list(range(1, count + 1))
    previous = None
    for record, row in records:
        assert record["prev_event_digest"] == previous
        assert row["record_digest"] == digest(row["body"])
        previous = row["record_digest"]


def test_messages_are_numbered_without_a_gap(stack: Stack, token: str) -> None:
    stack.answer(token, profile())
    stack.sweep()
    stack.answer(token, interests())
    stack.sweep()
    messages = stack.messages()
    assert [(message["data"]["sequence"], message["data"]["stage"]) for message in messages] == [
        (1, "opt-in"),
        (2, "profile"),
        (3, "interests"),
    ]
    assert {message["type"] for message in messages[1:]} == {"consentry.lead.profile-updated.v1"}
    assert "phone" not in json.dumps(messages[1]["data"]["profile"])


def test_a_phone_number_is_kept_sealed_in_e164(stack: Stack, token: str) -> None:
    stack.answer(token, profile())
    seen = read(token, stack.edge.token_secret.get(), 0)
    _, lead, _ = stack.edge.store.read(seen.subject_ref, seen.lead_id, None, stack.edge.key_secret.get())
    assert lead.sealed["phone"] == "+49301234567"
    assert lead.sealed["email"] == "Dr.Beispiel@praxis.example.com"


def test_replays_and_reused_keys(stack: Stack, token: str) -> None:
    first = stack.answer(token, profile(), idempotency_key="p" * 20)
    before = stack.counts()
    assert stack.answer(token, profile(), idempotency_key="p" * 20) == first
    status, problem = stack.answer(token, interests(), idempotency_key="p" * 20)
    assert (status, problem["type"]) == (422, "urn:consentry:problem:idempotency-key-reused")
    assert stack.counts() == before


def test_a_key_is_remembered_per_lead(stack: Stack, token: str) -> None:
    another = str(stack.submit(body(), idempotency_key="p" * 20)[1]["profile_token"])
    mine, theirs = (stack.answer(each, profile(), idempotency_key="p" * 20) for each in (token, another))
    assert (mine[0], theirs[0]) == (201, 201)
    assert mine[1]["submission_id"] != theirs[1]["submission_id"]
    assert [lead["stages"] for lead in stack.rows("leads")] == [["opt-in", "profile"]] * 2


@pytest.mark.parametrize("sent", [interests(), {**profile(), "stage": "opt-in"}, {**profile(), "stage": "nonsense"}])
def test_a_stage_out_of_order_is_refused_and_says_which_is_due(stack: Stack, token: str, sent: dict[str, Any]) -> None:
    before = stack.counts()
    status, problem = stack.answer(token, sent)
    assert (status, problem["type"], problem["due"]) == (409, "urn:consentry:problem:stage-out-of-order", "profile")
    assert stack.counts() == before


def test_a_stage_is_recorded_once(stack: Stack, token: str) -> None:
    assert stack.answer(token, profile())[0] == 201
    assert stack.answer(token, profile())[1]["due"] == "interests"


def test_another_market_is_refused(stack: Stack, token: str) -> None:
    problem = stack.answer(token, profile("SA", "ar-SA"))[1]
    assert problem["type"] == "urn:consentry:problem:market-mismatch"
    assert (problem["market"], problem["pointer"]) == ("DE", f"/v1/forms/{FORM}?market=DE")


def test_a_refusal_speaks_the_language_of_the_lead_where_none_is_asked_for(stack: Stack, token: str) -> None:
    unspoken = {**interests(), "locale": "tlh"}
    assert stack.answer(token, unspoken)[1]["title"] == "stage-out-of-order de-DE"
    assert stack.answer(token, unspoken, accept_language="ar")[1]["title"] == "stage-out-of-order ar-SA"


def test_a_refused_token_speaks_the_language_that_the_body_asks_for(stack: Stack) -> None:
    assert stack.answer("forged", profile())[1]["title"] == "token-invalid de-DE"
    assert stack.answer("forged", profile("SA", "ar-SA"), accept_language="de")[1]["title"] == "token-invalid ar-SA"
    assert stack.answer("forged", "{", accept_language="de")[1]["title"] == "token-invalid de-DE"
    assert stack.answer("forged", "{", authorization="")[0] == 401


@pytest.mark.parametrize("origin", ["https://evil.example.com", "https://demo-de.example.com", "null", ""])
def test_only_a_page_of_the_leads_site_learns_what_is_due(stack: Stack, token: str, origin: str) -> None:
    status, problem = stack.next(token, origin=origin)
    assert (status, problem["type"]) == (403, "urn:consentry:problem:origin-not-allowed")
    assert problem["title"] == "origin-not-allowed de-DE"


def test_a_site_that_is_gone_has_no_pages(stack: Stack, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(stack.edge.releases.current["sites"], "demo")
    assert stack.next(token)[0] == 403


def test_a_token_opens_its_own_lead_only(stack: Stack, token: str) -> None:
    secret = stack.edge.token_secret.get()
    mine = read(token, secret, 0)
    theirs = read(stack.submit(body())[1]["profile_token"], secret, 0)
    mixed = issue(mine._replace(lead_id=theirs.lead_id), secret, secret.current)
    for answered in (stack.next(mixed), stack.answer(mixed, profile())):
        assert (answered[0], answered[1]["type"]) == (401, "urn:consentry:problem:token-invalid")


def test_what_a_visitor_sends_never_reaches_the_log(
    stack: Stack, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "kim.beispiel"
    stack.answer(token, {**profile(), "market": name, "locale": name, "site": name})
    stack.answer(token, profile(phone=name))
    stack.submit({**body(), "market": name, "locale": name, "stage": name})
    stack.submit(body(answers={name: name}, source={"type": "rep", "id": name}))
    printed = capsys.readouterr().out
    assert printed.count('"Refusals":1') == 4
    assert name not in printed


@pytest.mark.parametrize("phone", ["12", "abc", "+49 30 1234567 8901 2345 67"])
def test_a_number_nobody_could_call_is_refused(stack: Stack, token: str, phone: str) -> None:
    _, problem = stack.answer(token, profile(phone=phone))
    assert [error["pointer"] for error in problem["errors"]] == ["/answers/phone"]


def test_no_stored_value_is_ever_returned(stack: Stack, token: str) -> None:
    answers = [stack.next(token)[1], stack.answer(token, profile())[1], stack.next(token)[1]]
    assert not [word for word in ("beispiel", "1234567", "cardiology") if word in json.dumps(answers).lower()]


def test_a_stage_without_statements_still_tells_the_latest_states(
    stack: Stack, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tables are read at once, not at one instant: a head from before the lead must not reach a message."""
    once = stack.edge.store.read
    person = read(token, stack.edge.token_secret.get(), 0)
    before, _, _ = once(person.subject_ref, person.lead_id, None, stack.edge.key_secret.get())
    assert stack.answer(token, profile(given=("promotional-phone",)))[0] == 201
    torn = [before]

    def tear(*arguments: Any) -> Any:
        now, lead, earlier = once(*arguments)
        return torn.pop() if torn else now, lead, earlier

    monkeypatch.setattr(stack.edge.store, "read", tear)
    assert stack.answer(token, interests())[0] == 201
    stack.sweep()
    last = max(stack.messages(), key=lambda message: message["data"]["sequence"])
    assert {entry["channel"]: entry["state"] for entry in last["data"]["consents"]}["phone"] == "given"


def test_a_lost_race_is_read_again(stack: Stack, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tabs answer the same stage at once: one is recorded, the other learns which stage is due."""
    once = stack.edge.store.read
    raced: list[bool] = []

    def race(*arguments: Any) -> Any:
        found = once(*arguments)
        if not raced:
            raced.append(True)
            assert stack.answer(token, profile())[0] == 201
        return found

    monkeypatch.setattr(stack.edge.store, "read", race)
    status, problem = stack.answer(token, profile(given=("promotional-phone",)))
    assert (status, problem["due"]) == (409, "interests")
    assert_chained(stack.rows("consents"), 4)


def test_a_consent_to_be_telephoned_needs_a_number_now_or_earlier(stack: Stack, token: str) -> None:
    before = stack.counts()
    status, problem = stack.answer(token, profile(given=("promotional-phone",), practice_type="solo-practice"))
    assert (status, problem["type"]) == (422, "urn:consentry:problem:invalid-answers")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [("/answers/phone", "required")]
    assert stack.counts() == before
    assert stack.answer(token, profile(practice_type="solo-practice"))[0] == 201
