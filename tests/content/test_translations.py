"""Translations over HTTP events: what is kept, what is refused and what to do then, when a market is ready."""

import importlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from consentry.base.documents import Document, Documents, Write
from consentry.cli import main
from consentry.content.build.ledger import Ledger
from consentry.content.build.pull import pull
from consentry.content.build.push import Settings, seed
from consentry.glossary.concept import ConceptFile
from support import editorial
from support.aws import mock_aws
from support.editorial import AT, Editorial, claims, request
from support.stack import BASE_ENVIRONMENT

FIXTURE = Path(__file__).parents[1] / "fixtures/content"
AS_OF = "2026-11-22"
LABEL = "/v1/translations/de/field.email.label"
LABEL_PATH = "forms/catalogs/de#field.email.label"
TEXT = "/v1/translations/de-DE/DE:promotional-email:1"
VERSIONS = "/v1/translations/DE/promotional-email/de-DE/versions"
SECOND = "/v1/translations/de-DE/DE:promotional-email:2"
SECOND_PATH = "consent_texts/DE/promotional-email/2.de-DE"

ANNA = claims("anna-t", "translations:edit translations:review", "de")
BERND = claims("bernd-m", "translations:edit translations:review translations:approve")


class Answer(NamedTuple):
    status: int
    json: Any
    headers: dict[str, str]

    @property
    def etag(self) -> str:
        return self.headers["etag"]


class Desk:
    """The handler, its table and its release."""

    def __init__(self, handler: Any, store: Editorial, root: Path) -> None:
        self.handler = handler
        self.store = store
        self.root = root

    def ask(self, method: str, path: str, who: dict[str, str] | None, body: Any = None, **headers: str) -> Answer:
        response = self.handler.handler(request(method, path, who, body, **headers), None)
        answer = Answer(response["statusCode"], json.loads(response["body"]), response["headers"])
        if answer.status >= 400:  # every refusal is a whole sentence, and so is what to do next
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json["detail"].endswith((".", "?"))
            assert answer.json["mend"].endswith(".")
        return answer

    def get(self, path: str, who: dict[str, str] | None = ANNA) -> Answer:
        return self.ask("GET", path, who)

    def draft(self, target: Any, who: dict[str, str] = ANNA, path: str = LABEL, **headers: str) -> Answer:
        held = self.get(path, who)
        body = {"target": target, "source_digest": held.json["source_digest"], "reason": "shorter"}
        return self.ask("PUT", path, who, body, **({"if_match": held.etag} | headers))

    def rewritten(
        self, who: dict[str, str] = ANNA, label: str = "Ich willige in Werbung von {controller.name} ein."
    ) -> Answer:
        """Version 2 of the text with another label."""
        made = self.ask("POST", VERSIONS, who, {"reason": "clearer words"})
        assert made.status == 201, made
        text = made.json["text"]
        text["label"]["text"] = label
        return self.ask("PUT", SECOND, who, {"text": text, "reason": "clearer words"}, if_match=made.etag)

    def signed(self, who: dict[str, str] = BERND, **changes: Any) -> Answer:
        held = self.get(SECOND, who)
        here = held.json["renderings"][0]
        body = {"digest": here["digest"], "reference": "MLR-17", "expires": "2028-11-01", **changes}
        return self.ask("POST", f"{SECOND}/approval", who, body)

    def reviewed(self, path: str, who: dict[str, str] = BERND) -> Answer:
        return self.ask("POST", f"{path}/review", who, {"reason": "read it"}, if_match=self.get(path, who).etag)

    def ready(self, market: str = "DE") -> Any:
        return self.get(f"/v1/markets/{market}/readiness", BERND).json

    def enforce(self, **terms: list[dict[str, Any]]) -> None:
        """A concept ``advertising`` in force with these terms, as if two people had reviewed it."""
        said: dict[str, Any] = {
            "concept": "advertising",
            "state": "approved",
            "subject": "consent",
            "definition": "Messages that promote a medicinal product.",
            "source": {"kind": "house", "text": "House style"},
            "terms": terms,
        }
        bare = ConceptFile.model_validate({**said, "state": "draft"})
        said["approvals"] = [
            {"locale": tag, "role": role, "actor": "sample", "at": AS_OF, "digest": bare.meaning_digest(tag)}
            for tag in terms
            for role in ("terminologist", "medical-reviewer")
        ]
        file = ConceptFile.model_validate(said).model_dump(mode="json")
        self.store.put("glossary/concepts/advertising", {"current": file, "in_force": file}, action="approve")

    def forbid_werbung(self) -> None:
        """The word that version 1 of the German text uses is wrong from now on."""
        self.enforce(
            en=[{"text": "advertising"}],
            de=[{"text": "Reklame"}, {"text": "Werbung", "status": "forbidden"}],
        )


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("small-release")
    arguments = ["content", "build", "--root", str(FIXTURE), "--out", str(out / "content"), "--as-of", AS_OF]
    assert main(arguments) in (0, 1)
    return out / "content/editorial"


@pytest.fixture(scope="session")
def module(release: Path) -> Iterator[Any]:
    before = dict(os.environ)
    given = {"EDITORIAL_TABLE": editorial.TABLE, "RECHECK_QUEUE_URL": "", "CONTENT_DIR": str(release)}
    os.environ.update(BASE_ENVIRONMENT, **given)
    with mock_aws():
        yield importlib.import_module("consentry.content.translations_handler")
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def desk(module: Any, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    root = Path(shutil.copytree(FIXTURE, tmp_path / "content"))
    monkeypatch.setattr(module, "now_ms", lambda: 1_795_338_000_000)  # 2026-11-22T09:00:00Z
    with editorial.store() as store:
        monkeypatch.setattr(module, "_store", module.Translations(store.documents, str(release)))
        assert seed(root, store.documents, AT) > 20
        yield Desk(module, store, root)


# Labels


def test_a_label_without_document_is_read_from_the_release(desk: Desk) -> None:
    answer = desk.get(LABEL)
    assert answer.status == 200
    assert answer.etag == '"0"'
    said = answer.json
    assert (said["state"], said["source"], said["target"]) == (
        "published",
        "Work email address",
        "Ä Work email address",
    )
    assert (said["max_length"], said["markets"]) == (120, ["CH", "DE"])
    assert said["used"] == "Label of the field email (demo-form/opt-in)"
    assert desk.get("/v1/translations/de-DE/field.email.label").json["path"] == LABEL_PATH
    assert desk.store.paths().get(LABEL_PATH) is None


def test_a_draft_is_kept_beside_what_is_published(desk: Desk) -> None:
    answer = desk.draft("Dienstliche E-Mail-Adresse")
    assert answer.status == 200
    assert answer.etag == '"1"'
    assert (answer.json["state"], answer.json["publishable"]) == ("draft", True)
    document = desk.store.get(LABEL_PATH)
    assert document.body["target"] == "Dienstliche E-Mail-Adresse"
    assert document.body["published"] == {"source": "Work email address", "target": "Ä Work email address"}
    assert (document.actor, document.reason, document.body["authors"]) == ("anna-t", "shorter", ["anna-t"])


def test_a_lost_update_is_refused_with_the_words_that_came_first(desk: Desk) -> None:
    assert desk.draft("Dienstliche E-Mail-Adresse").status == 200
    late = desk.draft("Ihre E-Mail", BERND, if_match='"0"')
    assert late.status == 412
    assert late.json["current"]["body"]["target"] == "Dienstliche E-Mail-Adresse"
    assert '"1"' in late.json["mend"]
    body = {"target": "Ihre E-Mail", "source_digest": desk.get(LABEL).json["source_digest"]}
    assert desk.ask("PUT", LABEL, BERND, body).status == 428
    assert desk.ask("PUT", LABEL, BERND, body, if_match="7").status == 400
    assert desk.store.get(LABEL_PATH).number == 1


def test_words_are_judged_at_once(desk: Desk) -> None:
    desk.enforce(en=[{"text": "work email"}], de=[{"text": "Dienst-E-Mail"}])
    answer = desk.draft("Büroadresse {name} " + "x" * 120)
    rules = {each["rule"]: each for each in answer.json["findings"]}
    assert rules["placeholder"]["severity"] == "error"
    assert rules["length"]["severity"] == "warning"
    judged = answer.json["judgements"]
    assert {(each["concept"], each["rule"], each["locale"]) for each in judged} == {
        ("advertising", "missing-term", "de-DE"),
        ("advertising", "missing-term", "de-CH"),
    }
    assert judged[0]["suggestions"] == ["Dienst-E-Mail"]
    assert not answer.json["publishable"]
    assert answer.json["next"].startswith("Mend")
    again = desk.draft("Ihre Dienst-E-Mail")
    assert (again.json["findings"], again.json["judgements"]) == ([], [])
    assert again.json["passed"] == ["advertising"]


def test_checking_keeps_nothing(desk: Desk) -> None:
    answer = desk.ask("POST", f"{LABEL}/checks", ANNA, {"target": "Adresse {name}"})
    assert answer.status == 200
    assert [each["rule"] for each in answer.json["findings"]] == ["placeholder"]
    assert LABEL_PATH not in desk.store.paths()


def test_plural_forms_are_all_asked_for(desk: Desk) -> None:
    path = "/v1/translations/de/ui.error-summary"
    held = desk.get(path).json
    assert held["source"] == {"one": "{count} problem", "other": "{count} problems"}
    assert held["plurals"] == ["one", "other"]
    refused = desk.draft({"one": "Ein Fehler"}, path=path)
    assert refused.status == 422
    assert "one, other" in refused.json["mend"]
    assert desk.draft("{count} Fehler", path=path).status == 422
    assert desk.draft({"one": "Ein Fehler", "other": "{count} Fehler"}, path=path).json["publishable"]
    wrong = desk.draft({"one": "Ein Fehler", "other": "Fehler"}, path=path)
    assert [each["rule"] for each in wrong.json["findings"]] == ["placeholder"]


def test_from_draft_to_approved_by_others(desk: Desk) -> None:
    drafted = desk.draft("Dienstliche E-Mail-Adresse")
    own = desk.ask("POST", f"{LABEL}/review", ANNA, {}, if_match=drafted.etag)
    assert (own.status, own.json["type"]) == (403, "urn:consentry:problem:second-person-needed")
    early = desk.ask("POST", f"{LABEL}/approval", BERND, {}, if_match=drafted.etag)
    assert early.status == 409
    assert f"POST {LABEL}/review" in early.json["mend"]
    reviewed = desk.ask("POST", f"{LABEL}/review", BERND, {}, if_match=drafted.etag)
    assert (reviewed.status, reviewed.json["state"], reviewed.json["reviewed_by"]) == (200, "reviewed", "bernd-m")
    carla = claims("carla-a", "translations:approve", markets="DE")
    shared = desk.ask("POST", f"{LABEL}/approval", carla, {}, if_match=reviewed.etag)
    assert (shared.status, shared.json["market"]) == (403, "CH")
    author = {**ANNA, "scope": "translations:approve", "locales": "*"}
    mine = desk.ask("POST", f"{LABEL}/approval", author, {}, if_match=reviewed.etag)
    assert mine.json["type"].endswith("second-person-needed")
    approved = desk.ask("POST", f"{LABEL}/approval", BERND, {"reason": "fine"}, if_match=reviewed.etag)
    assert (approved.status, approved.json["state"]) == (200, "approved")
    assert desk.store.get(LABEL_PATH).body["published"]["target"] == "Dienstliche E-Mail-Adresse"
    history = desk.get(f"{LABEL}/history").json["history"]
    assert [(each["action"], each["actor"]) for each in history] == [
        ("approve", "bernd-m"),
        ("review", "bernd-m"),
        ("draft", "anna-t"),
    ]
    assert {"pointer": "/state", "old": "reviewed", "new": "approved"} in history[0]["changes"]
    page = desk.get(f"{LABEL}/history?limit=2").json
    assert len(page["history"]) == 2
    assert desk.get(f"{LABEL}/history?limit=2&cursor={page['next']}").json["history"][0]["action"] == "draft"


def test_a_new_draft_of_approved_words_begins_again(desk: Desk) -> None:
    desk.draft("Dienstliche E-Mail-Adresse")
    desk.reviewed(LABEL)
    desk.ask("POST", f"{LABEL}/approval", BERND, {}, if_match=desk.get(LABEL).etag)
    fresh = desk.draft("E-Mail-Adresse", BERND)
    assert (fresh.json["state"], fresh.json["authors"]) == ("draft", ["bernd-m"])
    assert fresh.json["published"]["target"] == "Dienstliche E-Mail-Adresse"
    assert desk.reviewed(LABEL, ANNA).status == 200
    late = desk.ask("POST", f"{LABEL}/review", ANNA, {}, if_match=fresh.etag)
    assert late.status == 412


def test_words_that_do_not_pass_are_not_taken_on_and_the_refusal_says_what_to_write(desk: Desk) -> None:
    desk.enforce(en=[{"text": "work email"}], de=[{"text": "Dienst-E-Mail"}])
    desk.draft("Büroadresse")
    refused = desk.reviewed(LABEL)
    assert (refused.status, refused.json["type"]) == (409, "urn:consentry:problem:does-not-pass")
    assert "write “Dienst-E-Mail”" in refused.json["mend"]
    assert "/v1/glossary/judgements" in refused.json["mend"]
    assert refused.json["judgements"][0]["concept"] == "advertising"
    assert desk.store.get(LABEL_PATH).body["state"] == "draft"


def test_a_waiver_lets_the_very_words_pass(desk: Desk) -> None:
    desk.enforce(en=[{"text": "work email"}], de=[{"text": "Dienst-E-Mail"}])
    desk.draft("Büroadresse")
    from consentry.glossary.segments import text_digest  # noqa: PLC0415

    for number, locale in enumerate(("de-DE", "de-CH")):
        waiver = {
            "id": f"w-{number}",
            "concept": "advertising",
            "rule": "missing-term",
            "key": LABEL_PATH,
            "locale": locale,
            "source_digest": text_digest("Work email address"),
            "target_digest": text_digest("Büroadresse"),
            "reason": "Only here, for lack of room.",
            "role": "medical-reviewer",
            "actor": "dora-w",
            "at": "2026-11-01",
            "expires": "2027-01-01",
        }
        desk.store.put(f"glossary/waivers/w-{number}", waiver)
    held = desk.get(LABEL).json
    assert held["publishable"]
    assert {each["waiver"] for each in held["judgements"]} == {"w-0", "w-1"}
    assert desk.reviewed(LABEL).status == 200


def test_when_the_english_changes_the_translation_is_stale_and_has_to_be_written_anew(
    desk: Desk, module: Any, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.draft("Dienstliche E-Mail-Adresse")
    desk.reviewed(LABEL)
    facts = json.loads((release / "workbench.json").read_text())
    facts["strings"]["field.email.label"]["source"] = "Business email address"
    later = tmp_path / "later"
    later.mkdir()
    (later / "workbench.json").write_text(json.dumps(facts))
    monkeypatch.setattr(module, "_store", module.Translations(desk.store.documents, str(later)))
    listed = desk.get("/v1/translations?locale=de&stale=true").json["translations"]
    assert [each["key"] for each in listed] == ["field.email.label"]
    refused = desk.ask("POST", f"{LABEL}/approval", BERND, {}, if_match=desk.get(LABEL).etag)
    assert refused.status == 409
    assert refused.json["source"] == "Business email address"
    blocked = [block for unit in desk.ready()["units"] for block in unit["blocks"]]
    assert {(block["rule"], block["key"]) for block in blocked} == {("stale", LABEL_PATH)}
    body = {"target": "Geschäftliche E-Mail", "source_digest": "sha256-" + "0" * 64}
    old = desk.ask("PUT", LABEL, ANNA, body, if_match=desk.get(LABEL).etag)
    assert (old.status, old.json["source_digest"]) == (409, desk.get(LABEL).json["source_digest"])
    assert desk.draft("Geschäftliche E-Mail-Adresse").json["stale"] is False


def test_a_release_that_was_translated_anew_goes_before_older_words_of_the_store(
    desk: Desk, module: Any, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.draft("Dienstliche E-Mail-Adresse")
    desk.reviewed(LABEL)
    desk.ask("POST", f"{LABEL}/approval", BERND, {}, if_match=desk.get(LABEL).etag)
    facts = json.loads((release / "workbench.json").read_text())
    facts["strings"]["field.email.label"]["source"] = "Business email address"
    made = {"source": "Business email address", "target": "Geschäftliche E-Mail-Adresse"}
    facts["catalogs"]["de"]["entries"]["field.email.label"] = made
    later = tmp_path / "later"
    later.mkdir()
    (later / "workbench.json").write_text(json.dumps(facts))
    monkeypatch.setattr(module, "_store", module.Translations(desk.store.documents, str(later)))
    held = desk.get(LABEL)
    assert (held.json["target"], held.json["state"], held.json["stale"]) == (made["target"], "published", False)
    assert held.etag == '"3"'
    listed = desk.get("/v1/translations?locale=de&q=Gesch").json["translations"]
    assert [(each["state"], each["stale"]) for each in listed] == [("published", False)]
    assert desk.ready()["state"] == "green"
    assert desk.draft("E-Mail-Adresse").json["number"] == 4


# Lists


def test_lists_filter_and_page(desk: Desk) -> None:
    desk.draft("Dienstliche E-Mail-Adresse")
    first = desk.get("/v1/translations?locale=de-DE&limit=3").json
    assert len(first["translations"]) == 3
    seen, following = list(first["translations"]), first["next"]
    while following:
        page = desk.get(f"/v1/translations?locale=de-DE&limit=200&cursor={following}").json
        seen += page["translations"]
        following = page["next"]
    keys = [each["path"] for each in seen]
    assert keys == sorted(set(keys))
    assert {"label", "text"} == {each["kind"] for each in seen}
    assert "DE:promotional-email:1" in {each["key"] for each in seen}
    drafts = desk.get("/v1/translations?locale=de-DE&state=draft").json["translations"]
    assert [each["key"] for each in drafts] == ["field.email.label"]
    words = desk.get("/v1/translations?locale=de-DE&q=DIENSTLICHE").json["translations"]
    assert [each["href"] for each in words] == [LABEL]
    swiss = desk.get("/v1/translations?locale=de-CH&market=CH").json["translations"]
    assert {each["path"].split("/")[1] for each in swiss if each["kind"] == "text"} == {"CH"}
    assert desk.get("/v1/translations?locale=de-DE&form=nothing").json["translations"] == []


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/v1/translations", 400, "locale="),
        ("/v1/translations?locale=xx", 404, "Use one of"),
        ("/v1/translations?locale=de&state=old", 400, "missing, published"),
        ("/v1/translations?locale=de&stale=yes", 400, "true or false"),
        ("/v1/translations?locale=de&limit=0", 400, "1 to 200"),
        ("/v1/translations/de/field.nothing.label", 404, "finds its key"),
        ("/v1/translations/en-GB/field.email.label", 404, "forms to change it"),
        ("/v1/translations/xx/field.email.label", 404, "Use one of"),
        ("/v1/translations/de-DE/DE:nothing:1", 404, "content push"),
        ("/v1/translations/de-DE/DE:nothing", 404, "<market>:<text>:<version>"),
        ("/v1/markets/ZZ/readiness", 404, "Ask for one of"),
        ("/v1/translations/de", 404, "/openapi.json"),
    ],
)
def test_what_is_not_there_is_said_with_what_to_do(desk: Desk, path: str, status: int, says: str) -> None:
    answer = desk.get(path, BERND)
    assert answer.status == status
    assert says in answer.json["mend"]


def test_who_may_do_what(desk: Desk) -> None:
    assert desk.get(LABEL, None).status == 401
    reader = claims("x-1", "glossary:read")
    assert desk.get(LABEL, reader).json["scope"] == "translations:edit"
    french = claims("x-2", "translations:edit", "fr")
    assert desk.get(LABEL, french).json["locale"] == "de"
    only_approves = claims("x-3", "translations:approve")
    assert desk.get(LABEL, only_approves).status == 200
    body = {"target": "x", "source_digest": "x"}
    assert desk.ask("PUT", LABEL, only_approves, body, if_match='"0"').json["scope"] == "translations:edit"
    elsewhere = claims("x-4", "translations:edit", markets="US")
    assert desk.ask("PUT", LABEL, elsewhere, body, if_match='"0"').json["market"] == "CH"
    assert desk.ask("POST", VERSIONS, claims("x-5", "translations:edit", "fr"), {}).json["locale"] == "de-DE"
    assert desk.ask("POST", VERSIONS, elsewhere, {}).json["market"] == "DE"
    assert desk.get("/v1/markets/DE/readiness", elsewhere).json["market"] == "DE"
    assert desk.ask("DELETE", LABEL, BERND).status == 405
    assert set(desk.store.paths()) & {LABEL_PATH, SECOND_PATH} == set()


def test_bodies_are_judged(desk: Desk) -> None:
    assert desk.ask("PUT", LABEL, ANNA, {"words": "x"}, if_match='"0"').json["errors"][0]["pointer"] == "/words"
    assert desk.draft("").status == 422
    assert desk.draft("x" * 5001).status == 422
    hidden = desk.draft("E-Mail\u202e-Adresse")
    assert (hidden.status, hidden.json["errors"][0]["code"]) == (422, "invisible")
    assert "U+202E" in hidden.json["mend"]
    assert desk.ask("PUT", LABEL, ANNA, [], if_match='"0"').status == 422
    reason = {"target": "x", "source_digest": desk.get(LABEL).json["source_digest"], "reason": "x"}
    assert desk.ask("PUT", LABEL, ANNA, reason, if_match='"0"').json["errors"][0]["pointer"] == "/reason"
    assert LABEL_PATH not in desk.store.paths()


# Legal texts


def test_a_published_text_never_changes_and_goes_on_as_a_new_version(desk: Desk) -> None:
    held = desk.get(TEXT)
    assert (held.json["state"], held.json["renderings"][0]["approval"]["actor"]) == ("approved", "sample")
    refused = desk.ask("PUT", TEXT, ANNA, {"text": held.json["text"]}, if_match=held.etag)
    assert refused.status == 409
    assert VERSIONS in refused.json["mend"]
    written = desk.rewritten()
    assert (written.status, written.json["state"], written.json["version"]) == (200, "draft", 2)
    assert written.json["renderings"][0]["canonical"].startswith("Ich willige in Werbung von ")
    assert desk.store.get(SECOND_PATH).body["authors"] == ["anna-t"]
    again = desk.ask("POST", VERSIONS, BERND, {})
    assert again.status == 409
    assert f"PUT {SECOND}" in again.json["mend"]
    assert desk.store.get("consent_texts/DE/promotional-email/1.de-DE").number == 1


def test_the_digest_shown_is_the_one_that_the_release_publishes(desk: Desk) -> None:
    shown = desk.get(TEXT).json["renderings"]
    assert [each["market"] for each in shown] == ["DE"]
    approvals = desk.store.get("consent_texts/approvals/DE").body["approvals"]
    assert shown[0]["digest"] in {each["digest"] for each in approvals if each["text"] == "promotional-email"}


def test_a_text_is_approved_by_another_person_under_its_exact_words(desk: Desk) -> None:
    desk.rewritten()
    early = desk.signed()
    assert early.status == 409
    assert f"POST {SECOND}/review" in early.json["mend"]
    own = desk.reviewed(SECOND, ANNA)
    assert own.json["type"].endswith("second-person-needed")
    assert desk.reviewed(SECOND).json["state"] == "reviewed"
    mine = desk.signed({**ANNA, "scope": "translations:approve"})
    assert mine.json["type"].endswith("second-person-needed")
    other = desk.signed(digest="sha256-" + "0" * 64)
    assert other.status == 412
    assert other.json["renderings"][0]["digest"] == desk.get(SECOND).json["renderings"][0]["digest"]
    assert desk.signed(expires="2026-11-22").json["errors"][0]["pointer"] == "/expires"
    assert desk.signed(expires="2036-11-22").status == 422
    assert desk.signed(expires="soon").status == 422
    assert desk.signed(reference="").json["errors"][0]["pointer"] == "/reference"
    assert desk.signed(reference=None).json["errors"][0]["code"] == "required"
    assert desk.signed(market="US").json["errors"][0]["pointer"] == "/market"
    before = desk.store.get("consent_texts/approvals/DE")
    done = desk.signed(role="medical-director")
    assert (done.status, done.json["state"]) == (200, "approved")
    after = desk.store.get("consent_texts/approvals/DE")
    (new,) = [each for each in after.body["approvals"] if each not in before.body["approvals"]]
    assert new == {
        "text": "promotional-email",
        "version": 2,
        "locale": "de-DE",
        "digest": done.json["renderings"][0]["digest"],
        "meaning": "medical-legal approval",
        "role": "medical-director",
        "actor": "bernd-m",
        "at": "2026-11-22T09:00:00Z",
        "reference": "MLR-17",
        "expires": "2028-11-01",
        "sample": False,
    }
    assert desk.signed().status == 200  # a repeat is answered, not signed twice
    assert desk.store.get("consent_texts/approvals/DE").number == after.number
    closed = desk.ask("PUT", SECOND, ANNA, {"text": done.json["text"]}, if_match=done.etag)
    assert closed.status == 409


def test_two_approvals_of_one_market_at_the_same_time_both_count(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.rewritten()
    desk.reviewed(SECOND)
    real = Documents.write
    raced: list[bool] = []

    def write(self: Documents, writes: list[Write], **given: Any) -> list[Document]:
        if not raced and len(writes) == 2:
            raced.append(True)
            held = desk.store.get("consent_texts/approvals/DE")
            other = {**held.body["approvals"][0], "reference": "MLR-16"}
            desk.store.put(held.path, {"approvals": [*held.body["approvals"], other]}, "carla-a")
        return real(self, writes, **given)

    monkeypatch.setattr(Documents, "write", write)
    assert desk.signed().status == 200
    references = {each["reference"] for each in desk.store.get("consent_texts/approvals/DE").body["approvals"]}
    assert {"MLR-16", "MLR-17"} <= references


def test_a_text_that_breaks_the_rules_is_not_approved(desk: Desk) -> None:
    desk.forbid_werbung()
    answer = desk.rewritten()
    assert [each["rule"] for each in answer.json["judgements"]] == ["unwanted-term"]
    refused = desk.reviewed(SECOND)
    assert (refused.status, refused.json["type"]) == (409, "urn:consentry:problem:does-not-pass")
    assert "write “Reklame”" in refused.json["mend"]
    text = answer.json["text"]
    text["label"] = {"text": "Ich willige ein {controller.nme}.", "covers": ["controller_identity"]}
    worse = desk.ask("PUT", SECOND, ANNA, {"text": text}, if_match=answer.etag).json
    assert {each["rule"] for each in worse["findings"]} == {"slot", "controller", "elements"}
    assert {each["pointer"] for each in worse["findings"]} >= {"/text/label/text"}


def test_the_concepts_that_a_text_declares_are_neither_misspelt_nor_lost(desk: Desk) -> None:
    desk.enforce(en=[{"text": "advertising"}], de=[{"text": "Werbung"}])
    answer = desk.rewritten()
    wrong = {**answer.json["text"], "concepts": ["advertising", "advertizing"]}
    answer = desk.ask("PUT", SECOND, ANNA, {"text": wrong}, if_match=answer.etag)
    (found,) = answer.json["findings"]
    assert (found["rule"], found["pointer"]) == ("unknown-concept", "/text/concepts/1")
    assert not answer.json["publishable"]
    right = {**wrong, "concepts": ["advertising"]}
    answer = desk.ask("PUT", SECOND, ANNA, {"text": right}, if_match=answer.etag)
    assert (answer.json["findings"], answer.json["passed"]) == ([], ["advertising"])
    desk.reviewed(SECOND)
    desk.signed()
    made = desk.ask("POST", VERSIONS, ANNA, {}).json["text"]
    third = f"{SECOND[:-1]}3"
    answer = desk.ask("PUT", third, ANNA, {"text": {**made, "concepts": []}}, if_match='"1"')
    (found,) = answer.json["findings"]
    assert (found["rule"], found["severity"]) == ("dropped-concept", "warning")
    assert "version 2 declares advertising" in found["message"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"version": 3}, "/text/version"),
        ({"locale": "de-CH"}, "/text/locale"),
        ({"label": {"text": "unsicht\u200bbar"}}, "/text/label/text"),
        ({"more": 1}, "/text/more"),
        ({"effective": {"from": "2026-01-02", "until": "2026-01-01"}}, "/text/effective"),
    ],
)
def test_a_text_of_the_wrong_shape_is_refused_with_a_pointer(desk: Desk, change: Any, pointer: str) -> None:
    answer = desk.rewritten()
    refused = desk.ask("PUT", SECOND, ANNA, {"text": {**answer.json["text"], **change}}, if_match=answer.etag)
    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"] == pointer
    assert desk.store.get(SECOND_PATH).number == 2


def test_checking_a_text_keeps_nothing(desk: Desk) -> None:
    desk.forbid_werbung()
    said = desk.get(TEXT).json["text"]
    answer = desk.ask("POST", f"{TEXT}/checks", ANNA, {"text": said})
    assert [each["rule"] for each in answer.json["judgements"]] == ["unwanted-term"]
    said["label"]["text"] = "Ich willige ein, dass {controller.name} mir Reklame per E-Mail sendet."
    assert desk.ask("POST", f"{TEXT}/checks", ANNA, {"text": said}).json["publishable"]
    assert desk.store.get("consent_texts/DE/promotional-email/1.de-DE").number == 1


# Readiness


def test_a_market_goes_green_again(desk: Desk) -> None:
    assert desk.ready()["state"] == "green"
    desk.forbid_werbung()
    blocked = desk.ready()
    assert blocked["state"] == "blocked"
    (unit,) = blocked["units"]
    (block,) = [each for each in unit["blocks"] if each["key"].startswith("consent_texts/DE/promotional-email/")]
    assert (block["concept"], block["found"], block["suggestions"]) == ("advertising", "Werbung", ["Reklame"])
    assert VERSIONS in block["mend"]
    others = {each["key"] for each in unit["blocks"]} - {block["key"]}
    for key in others:
        desk.store.put("glossary/tasks/t-" + key.rpartition("/")[0].rpartition("/")[2], _task(unit, key))
    desk.rewritten(label="Ich willige in Reklame von {controller.name} ein.")
    waiting = desk.ready()["units"][0]["waiting"]
    assert [each["key"] for each in waiting] == [SECOND_PATH]
    assert "translations:review" in waiting[0]["next"]
    desk.reviewed(SECOND)
    assert desk.signed().status == 200
    after = desk.ready()
    assert after["units"][0]["blocks"] == []
    assert after["state"] == ("tasks" if others else "green")
    assert desk.ready("US")["state"] == "green"


def _task(unit: Any, key: str) -> dict[str, Any]:
    block = next(each for each in unit["blocks"] if each["key"] == key)
    return {
        "id": "t-" + key.rpartition("/")[0].rpartition("/")[2],
        "concept": block["concept"],
        "rule": block["rule"],
        "key": key,
        "locale": unit["locale"],
        "market": None,
        "source_digest": block["source_digest"],
        "target_digest": block["target_digest"],
        "version": 2,
        "owner": "compliance-officer",
        "opened": "2026-11-20",
        "due": "2026-12-20",
    }


def test_what_was_live_before_a_change_is_a_task_with_a_day_and_blocks_nothing(desk: Desk) -> None:
    desk.forbid_werbung()
    unit = desk.ready()["units"][0]
    for block in unit["blocks"]:
        task = _task(unit, block["key"])
        desk.store.put(f"glossary/tasks/{task['id']}", task)
    after = desk.ready()
    assert after["state"] == "tasks"
    assert {each["task"]["due"] for each in after["units"][0]["tasks"]} == {"2026-12-20"}
    assert {each["task"]["owner"] for each in after["units"][0]["tasks"]} == {"compliance-officer"}
    for path in [path for path in desk.store.paths() if path.startswith("glossary/tasks/")]:
        desk.store.put(path, {**desk.store.get(path).body, "closed": {"at": AT, "actor": "x", "reason": "done"}})
    assert desk.ready()["state"] == "blocked"


def test_until_a_change_has_been_rechecked_what_it_makes_wrong_stays_live(desk: Desk) -> None:
    desk.forbid_werbung()
    report = {"concept": "advertising", "version": 1, "number": 1, "state": "pending", "since": AT}
    desk.store.put("glossary/rechecks/advertising-1", report)
    unit = desk.ready()["units"][0]
    assert (unit["state"], unit["blocks"]) == ("tasks", [])
    assert {each["task"]["recheck"] for each in unit["tasks"]} == {"/v1/glossary/rechecks/advertising-1"}
    desk.store.put("glossary/rechecks/advertising-1", {**report, "state": "done"})
    assert desk.ready()["state"] == "blocked"


def test_an_approved_label_counts_before_it_is_released(desk: Desk) -> None:
    desk.enforce(en=[{"text": "work email"}], de=[{"text": "Dienst-E-Mail"}])
    path = "/v1/translations/de/{}"
    keys = {each["key"].partition("#")[2] for each in desk.ready()["units"][0]["blocks"]}
    assert "field.email.label" in keys
    for key in keys:
        desk.draft("Dienst-E-Mail", path=path.format(key))
        desk.reviewed(path.format(key))
        if key != "field.email.label":
            held = desk.get(path.format(key))
            desk.ask("POST", f"{path.format(key)}/approval", BERND, {}, if_match=held.etag)
    unit = desk.ready()["units"][0]
    assert [each["key"] for each in unit["blocks"]] == [LABEL_PATH]
    assert [each["key"] for each in unit["waiting"]] == [LABEL_PATH]
    held = desk.get(LABEL)
    desk.ask("POST", f"{LABEL}/approval", BERND, {}, if_match=held.etag)
    assert desk.ready()["state"] == "green"


def test_a_text_without_approval_blocks(desk: Desk) -> None:
    path = "consent_texts/approvals/DE"
    held = desk.store.get(path).body["approvals"]
    desk.store.put(path, {"approvals": [each for each in held if each["text"] != "privacy-notice"]})
    (block,) = desk.ready()["units"][0]["blocks"]
    assert block["rule"] == "approval"
    assert "/v1/translations/de-DE/DE:privacy-notice:1" in block["mend"]
    for changed in ({"expires": AS_OF}, {"at": "2026-11-23T00:00:00Z"}):
        desk.store.put(path, {"approvals": [{**each, **changed} for each in held]})
        assert {each["rule"] for each in desk.ready()["units"][0]["blocks"]} == {"approval"}
    desk.store.put(path, {"approvals": held})
    assert desk.ready()["state"] == "green"


def test_what_was_approved_comes_into_the_files(desk: Desk) -> None:
    desk.rewritten()
    desk.reviewed(SECOND)
    desk.signed()
    desk.draft("Dienstliche E-Mail-Adresse")
    desk.reviewed(LABEL)
    outcome, _ = pull(desk.root, desk.store.documents, Ledger(), Settings(at=AT))
    assert sorted(outcome.files) == [
        "consent_texts/DE/promotional-email/2.de-DE.yaml",
        "consent_texts/approvals/DE.yaml",
    ]
    assert outcome.drafts == [LABEL_PATH]
    desk.ask("POST", f"{LABEL}/approval", BERND, {}, if_match=desk.get(LABEL).etag)
    outcome, _ = pull(desk.root, desk.store.documents, Ledger(), Settings(at=AT))
    assert outcome.files == ["forms/catalogs/de.po"]
    out = desk.root.parent / "out"
    arguments = ["content", "build", "--root", str(desk.root), "--out", str(out), "--as-of", AS_OF]
    assert main(arguments) in (0, 1)
    segments = json.loads((out / "editorial/segments.json").read_text())["segments"]
    targets = {entry["key"]: entry["target"] for entry in segments}
    assert targets[SECOND_PATH].startswith("Ich willige in Werbung von ")
    assert targets[LABEL_PATH] == "Dienstliche E-Mail-Adresse"
