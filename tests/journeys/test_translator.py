"""From another tool's termbase to a green market: three people, one ``consentry serve``, the commands of the guide."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from consentry.cli import main
from support.serving import FOLDERS, Answer, Serve, Visitor

TERMBASE = """<?xml version="1.0" encoding="UTF-8"?>
<tbx style="dca" type="TBX-Basic" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2">
  <tbxHeader><fileDesc><sourceDesc><p>Terms of the German affiliate</p></sourceDesc></fileDesc></tbxHeader>
  <text><body>
    <conceptEntry id="c17">
      <descrip type="subjectField">data-protection</descrip>
      <langSec xml:lang="en">
        <termSec>
          <term>unsubscribe link</term>
          <termNote type="administrativeStatus">preferredTerm-admn-sts</termNote>
        </termSec>
      </langSec>
      <langSec xml:lang="de">
        <termSec>
          <term>Link zum Abbestellen</term>
          <termNote type="administrativeStatus">preferredTerm-admn-sts</termNote>
        </termSec>
        <termSec>
          <term>Abmeldelink</term>
          <termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote>
        </termSec>
      </langSec>
    </conceptEntry>
  </body></text>
</tbx>
"""
CONCEPT = "/v1/glossary/concepts/unsubscribe-link"
INVITATION, PROMOTION = "DE:event-invitation:2", "DE:promotional-email:2"


class Person:
    """Somebody with a token of ``consentry token``."""

    def __init__(self, visitor: Visitor, root: Path, sub: str, *scopes: str) -> None:
        command = [sys.executable, "-m", "consentry.cli", "token", "--root", str(root), "--sub", sub]
        made = subprocess.run([*command, "--scopes", *scopes], capture_output=True, text=True, check=True)
        self.visitor = visitor
        self.token = made.stdout.strip()

    def ask(self, method: str, path: str, body: Any = None, media: str = "application/json", **headers: str) -> Answer:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else None
        given = {"Authorization": f"Bearer {self.token}", **headers}
        if data is not None:
            given["Content_Type"] = media
        return self.visitor.send(method, path, data, **given)

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status == 200, answer.body
        return answer.json

    def done(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        answer = self.ask(method, path, body, **headers)
        assert answer.status == status, answer.body
        return answer.json

    def refused(self, method: str, path: str, body: Any, status: int, says: str, **headers: str) -> Any:
        """A refusal that tells what to do next."""
        answer = self.ask(method, path, body, **headers)
        assert answer.status == status, answer.body
        assert says in answer.json["mend"]
        return answer.json

    def state(self, state: str, seconds: float = 60) -> Any:
        """The readiness of Germany, once it is in a state."""
        until = time.monotonic() + seconds
        while True:
            report = self.get("/v1/markets/DE/readiness")
            if report["state"] == state:
                return report
            assert time.monotonic() < until, report
            time.sleep(0.2)

    def rewrite(self, key: str, old: str, new: str) -> Any:
        """Version 2 of a text, from version 1, with other words."""
        _, text, _ = key.split(":")
        made = self.done("POST", f"/v1/translations/DE/{text}/de-DE/versions", {"reason": "the link is renamed"}, 201)
        said = made["text"]
        for paragraph in said["paragraphs"]:
            paragraph["text"] = paragraph["text"].replace(old, new)
        return self.done("PUT", f"/v1/translations/de-DE/{key}", {"text": said, "reason": "new term"}, If_Match='"1"')


@pytest.fixture
def anna(visitor: Visitor, content_root: Path) -> Person:
    """Translates."""
    return Person(visitor, content_root, "anna-t", "glossary:read", "glossary:edit", "translations:edit")


@pytest.fixture
def bernd(visitor: Visitor, content_root: Path) -> Person:
    """Reviews terms and texts, and approves texts."""
    scopes = ("glossary:read", "glossary:review", "translations:review", "translations:approve")
    return Person(visitor, content_root, "bernd-m", *scopes)


@pytest.fixture
def carla(visitor: Visitor, content_root: Path) -> Person:
    """Approves terms, as a medical reviewer."""
    return Person(visitor, content_root, "carla-m", "glossary:read", "glossary:approve")


def test_a_termbase_is_imported_and_the_market_goes_green_again(
    anna: Person, bernd: Person, carla: Person, served: Serve, content_root: Path, tmp_path: Path
) -> None:
    anna.state("green")

    # The termbase: said first, then done; what contradicts the glossary is not taken silently.
    imports = "/v1/glossary/imports"
    said = anna.ask("POST", f"{imports}?dry_run=true", TERMBASE, media="application/x-tbx").json
    assert [item["kind"] for item in said["plan"]["items"]] == ["conflicting"]
    said = anna.ask("POST", f"{imports}?dry_run=true&overwrite=true", TERMBASE, media="application/x-tbx").json
    assert {change["new"] for change in said["plan"]["items"][0]["changes"]} == {"preferred", "deprecated"}
    done = anna.ask("POST", f"{imports}?overwrite=true&reason=affiliate", TERMBASE, media="application/x-tbx").json
    assert done["writes"] == 1

    # What it would break, before anybody approves it; nothing has changed yet.
    impact = anna.get(f"{CONCEPT}/impact")
    broken = {each["key"] for each in impact["breaks"] if "DE" in each["markets"]}
    assert broken == {f"consent_texts/DE/{text}/1.de-DE" for text in ("event-invitation", "promotional-email")}
    anna.state("green")

    # Two reviews by two people who did not write it.
    anna.done("POST", f"{CONCEPT}/submission", {"reason": "terms of the affiliate"})
    review = {
        "locale": "de",
        "digest": anna.get(CONCEPT)["digests"]["de"],
        "reason": "usage checked",
    }
    anna.refused("POST", f"{CONCEPT}/approvals", {**review, "role": "terminologist"}, 403, "ask a colleague")
    bernd.done("POST", f"{CONCEPT}/approvals", {**review, "role": "terminologist"})
    carla.done("POST", f"{CONCEPT}/approvals", {**review, "role": "medical-reviewer"})
    report = anna.state("tasks")
    assert all(unit["blocks"] == [] for unit in report["units"])
    until = time.monotonic() + 60
    while any(task["task"]["id"] is None for unit in report["units"] for task in unit["tasks"]):
        assert time.monotonic() < until
        time.sleep(0.2)
        report = anna.state("tasks")
    tasks = {task["key"]: task for task in report["units"][0]["tasks"]}
    assert set(tasks) == broken
    assert all(each["suggestions"] == ["Link zum Abbestellen"] and each["task"]["due"] for each in tasks.values())

    # One text in the new words: written by one, read and approved by another.
    promotion = f"/v1/translations/de-DE/{PROMOTION}"
    published = anna.get(promotion.replace(":2", ":1"))
    changed = {"text": published["text"], "reason": "shorter"}
    anna.refused("PUT", promotion.replace(":2", ":1"), changed, 409, "/versions", If_Match='"1"')
    draft = anna.rewrite(PROMOTION, "Abmeldelink", "Link zum Abbestellen")
    assert draft["publishable"]
    signed = {
        "digest": draft["renderings"][0]["digest"],
        "reference": "MLR-2026-117",
        "expires": "2028-11-01",
    }
    bernd.refused("POST", f"{promotion}/approval", signed, 409, "/review")
    bernd.done("POST", f"{promotion}/review", {"reason": "read"}, If_Match='"2"')
    assert bernd.done("POST", f"{promotion}/approval", signed)["state"] == "approved"
    assert len(anna.get("/v1/markets/DE/readiness")["units"][0]["tasks"]) == 1

    # The other with a word that the glossary does not know: refused, proposed, accepted by a second person.
    invitation = f"/v1/translations/de-DE/{INVITATION}"
    draft = anna.rewrite(INVITATION, "Abmeldelink", "Abbestell-Link")
    assert not draft["publishable"]
    stopped = bernd.refused("POST", f"{invitation}/review", {}, 409, "/v1/glossary/judgements", If_Match='"2"')
    assert stopped["judgements"][0]["rule"] == "missing-term"
    proposal = {
        "kind": "term",
        "concept": "unsubscribe-link",
        "locale": "de",
        "text": "Abbestell-Link",
        "reason": "Shorter, and used by the affiliate.",
    }
    ruling = anna.done("POST", "/v1/glossary/judgements", proposal, 201)
    assert ruling["state"] == "proposed"
    decision = f"/v1/glossary/judgements/{ruling['id']}/decision"
    accepted = {"accept": True, "reason": "the same meaning"}
    bernd.refused("POST", decision, accepted, 403, "glossary:approve")
    assert carla.done("POST", decision, accepted)["state"] == "accepted"
    assert anna.get(invitation)["publishable"]
    bernd.done("POST", f"{invitation}/review", {}, If_Match='"2"')
    signed = {**signed, "digest": draft["renderings"][0]["digest"], "reference": "MLR-2026-118"}
    bernd.done("POST", f"{invitation}/approval", signed)
    anna.state("green")

    # Into files and into a release: what visitors read is what was approved.
    root = tmp_path / "checkout"
    for folder in FOLDERS:
        shutil.copytree(content_root / folder, root / folder)
    endpoint = served.url("AWS endpoint")
    assert main(["content", "pull", "--root", str(root), "--environment", "local", "--endpoint-url", endpoint]) == 0
    assert main(["content", "build", "--root", str(root), "--out", str(tmp_path / "out")]) in (0, 1)
    texts = [file.read_text("utf-8") for file in (tmp_path / "out/texts").glob("*.txt")]
    assert any("über den Link zum Abbestellen in jeder E-Mail" in text for text in texts)
    assert any("über den Abbestell-Link in jeder E-Mail" in text for text in texts)
    blocked = json.loads((tmp_path / "out/report.json").read_text())["blocked"]
    assert [unit for unit in blocked if unit["market"] == "DE"] == []
    assert main(["content", "push", "--root", str(root), "--environment", "local", "--endpoint-url", endpoint]) == 0


def test_two_translators_at_once_lose_nothing(anna: Person) -> None:
    path = "/v1/translations/de/field.email.label"
    held = anna.ask("GET", path)
    body = {"target": "Ihre dienstliche E-Mail-Adresse", "source_digest": held.json["source_digest"]}
    anna.done("PUT", path, body, If_Match=held.headers["etag"])
    late = anna.refused("PUT", path, {**body, "target": "E-Mail"}, 412, '"1"', If_Match=held.headers["etag"])
    assert late["current"]["body"]["target"] == body["target"]


def test_without_a_token_nothing_is_told(visitor: Visitor) -> None:
    for path in ("/v1/translations?locale=de-DE", "/v1/markets/DE/readiness", "/v1/translations/de/field.email.label"):
        answer = visitor.send("GET", path)
        assert answer.status == 401
        assert b"E-Mail" not in answer.body
