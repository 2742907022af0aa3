"""The life of a release through the real functions: packaged, published, deployed, superseded, rolled back, revoked."""

import importlib.util
import json
import shutil
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from infra.deployed import LiveError, fetch
from infra.environment import Environment, load

from consentry.base.aws import dynamodb
from consentry.base.clock import rfc3339
from consentry.cli import main
from consentry.content.api import Releases
from consentry.content.build.published import Published, RevokedTextError
from infra import packaging
from support.serving import submission
from support.stack import Stack, post

FIXTURE = Path(__file__).parents[1] / "fixtures" / "content"
EMAIL_DE = "consent_texts/DE/promotional-email/1.de-DE.yaml"
ORIGIN = "https://demo-de.example.com"
BEGIN = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
MARKETS = ["DE", "CH", "SA"]
DEFINITIONS = packaging.SOURCES / "consentry/forms/definitions_handler.py"


class Account:
    """An AWS account, its tables and functions, and the checkout that is deployed into it."""

    def __init__(self, stack: Stack, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stack, self.folder, self._patch = stack, folder, monkeypatch
        self.root = Path(shutil.copytree(FIXTURE, folder / "content"))
        self.environment: Environment = load("dev").model_copy(update={"markets": MARKETS})
        self.now = BEGIN
        self.layers: dict[str, Path] = {}
        self.get: Any = None
        monkeypatch.setattr(packaging, "ROOT", self.root)
        monkeypatch.setattr(packaging, "RELEASES", folder / "releases")
        monkeypatch.setattr(packaging, "consentry", lambda words: main([*words, "--as-of", self.now.isoformat()]))
        monkeypatch.setattr("consentry.base.clock.now_ms", lambda: int(self.now.timestamp() * 1000))
        self.table = Published(boto3.client("dynamodb"), stack.environment["CONTENT_TABLE"])

    # As AWS: what infra.deployed asks of Lambda.

    def get_function_configuration(self, *, FunctionName: str, Qualifier: str) -> Mapping[str, Any]:  # noqa: N803
        assert Qualifier == "live"
        if not self.layers:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetFunctionConfiguration")
        part = {"consentry-dev-forms-definitions": "definitions", "consentry-dev-submissions-submit": "submissions"}
        return {"Layers": [{"Arn": f"arn:{part[FunctionName]}"}, {"Arn": "arn:libraries"}]}

    def get_layer_version_by_arn(self, *, Arn: str) -> Mapping[str, Any]:  # noqa: N803
        return {"Content": {"Location": self.layers[Arn.removeprefix("arn:")].as_uri()}}

    # As an operator.

    def package(self) -> str:
        """``make package``; the release."""
        previous = fetch(self, self.environment, self.folder / "live")
        return packaging.release_of(packaging.compiled(self.environment, previous))

    def publish(self) -> list[str]:
        """``make publish``."""
        rules = json.loads((self.folder / "releases/dev/submissions/rules.json").read_bytes())
        return self.table.publish(rules, rfc3339(int(self.now.timestamp() * 1000)))

    def deploy(self) -> None:
        """``cdk deploy``: the functions start from the layers as they were packaged."""
        for part in ("definitions", "submissions"):
            built = packaging.content(part, self.folder, self.folder / "releases" / "dev")
            self.layers[part] = Path(shutil.copyfile(built, self.folder / f"layer-{part}.zip"))
            shutil.rmtree(self.folder / "opt" / part, ignore_errors=True)
            with zipfile.ZipFile(built) as archive:
                archive.extractall(self.folder / "opt" / part)
        self.start()

    def start(self) -> None:
        """New instances of the functions, which remember nothing."""
        opt = self.folder / "opt"
        rules = opt / "submissions/consentry/rules.json"
        releases = Releases(rules, dynamodb(), self.stack.environment["CONTENT_TABLE"])
        self._patch.setattr(self.stack.edge, "releases", releases)
        self._patch.setenv("CONTENT_DIR", str(opt / "definitions/consentry"))
        spec = importlib.util.spec_from_file_location("deployed_definitions", DEFINITIONS)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.get = module.handler

    def release(self) -> str:
        """Package, publish and deploy."""
        name = self.package()
        self.publish()
        self.deploy()
        return name

    def edit(self, old: str, new: str) -> None:
        """Other words in the text of a sample, approved."""
        file = self.root / EMAIL_DE
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
        words = ["content", "approve", "--sample", "--root", str(self.root), "--as-of", "2026-11-22"]
        assert main(words) == 0

    # As a visitor.

    def ask(self, path: str, **query: str) -> dict[str, Any]:
        event = {
            "rawPath": path,
            "headers": {},
            "queryStringParameters": query,
            "requestContext": {"http": {"method": "GET"}},
        }
        answer: dict[str, Any] = self.get(event, None)
        return answer

    def open(self, market: str = "DE") -> dict[str, Any]:
        """A page: pointer, then document."""
        pointer = json.loads(self.ask("/v1/forms/demo-form", market=market)["body"])
        document = json.loads(self.ask(pointer["document"])["body"])
        return {**document, "digest": pointer["digest"], "at": pointer["document"]}

    def send(self, page: dict[str, Any]) -> tuple[int, str]:
        """Submit it with every box empty; status, and the problem's code."""
        body = submission(page, 0, "demo-de", "kim@praxis.example.com", given=False)
        event = post("/v1/forms/demo-form/submissions", body, origin=ORIGIN)
        answer = self.stack.submit_handler.handler(event, None)
        return answer["statusCode"], json.loads(answer["body"]).get("type", "").rpartition(":")[2]

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def account(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    return Account(stack, tmp_path, monkeypatch)


def test_open_pages_outlive_two_deployments_by_the_grace_time(account: Account) -> None:
    assert account.package()
    account.deploy()  # the first time there is nothing to publish into
    account.publish()
    first = account.open()
    assert account.send(first) == (201, "")

    account.later(hours=10)
    account.edit("Werbung per E-Mail", "Neues per E-Mail")
    assert account.release() != first["release"]
    second = account.open()
    assert second["release"] != first["release"]
    assert account.send(first) == account.send(second) == (201, "")
    assert account.ask(first["at"])["statusCode"] == 200

    account.later(hours=10)
    account.edit("Neues per E-Mail", "Neuigkeiten per E-Mail")
    account.release()
    third = account.open()
    assert len({page["release"] for page in (first, second, third)}) == 3
    # The package carries one release; the one before it is in the table, since when it no longer counts as current.
    assert [account.send(page) for page in (first, second, third)] == [(201, "")] * 3
    account.later(hours=61)  # 71 since the first was superseded
    assert account.send(first) == (201, "")
    account.later(hours=2)
    account.start()
    assert account.send(first) == (409, "projection-not-accepted")
    assert account.send(second) == account.send(third) == (201, "")
    account.later(hours=10)
    assert account.send(second) == (409, "projection-not-accepted")
    assert account.send(third) == (201, "")


def test_deploying_the_same_release_again_does_not_prolong_the_one_before(account: Account) -> None:
    account.release()
    first = account.open()
    account.edit("Werbung per E-Mail", "Neues per E-Mail")
    account.release()
    account.later(hours=70)
    account.release()  # other code, the same content
    assert account.send(first) == (201, "")
    account.later(hours=3)
    assert account.send(first) == (409, "projection-not-accepted")


def test_the_functions_of_before_know_a_release_that_is_published(account: Account) -> None:
    account.release()
    account.edit("Werbung per E-Mail", "Neues per E-Mail")
    account.package()
    account.publish()
    folder = account.folder / "releases/dev/definitions"
    index = json.loads((folder / "index.json").read_bytes())
    at = f"{index['release']}/demo-form/DE/de-DE/consentry"
    page = json.loads((folder / f"documents/{at}.json").read_bytes())
    assert account.send({**page, "digest": index["documents"][at]}) == (201, "")


def test_a_rollback_keeps_pages_of_both_releases(account: Account) -> None:
    account.release()
    first = account.open()
    account.later(hours=1)
    account.edit("Werbung per E-Mail", "Neues per E-Mail")
    account.release()
    second = account.open()
    account.later(hours=1)
    account.edit("Neues per E-Mail", "Werbung per E-Mail")
    assert account.release() == first["release"]
    assert account.open() == first
    account.later(hours=71)
    assert account.send(first) == account.send(second) == (201, "")
    account.later(hours=2)
    assert account.send(first) == (201, "")
    assert account.send(second) == (409, "projection-not-accepted")


def test_a_release_that_was_rolled_back_by_alias_is_superseded_with_the_next(account: Account) -> None:
    account.release()
    before = [(path, path.read_bytes()) for path in account.layers.values()]
    opt = shutil.copytree(account.folder / "opt", account.folder / "opt-before")
    account.later(hours=1)
    account.edit("Werbung per E-Mail", "Neues per E-Mail")
    account.release()
    second = account.open()
    for path, data in before:  # the aliases point to the version before
        path.write_bytes(data)
    shutil.rmtree(account.folder / "opt")
    opt.rename(account.folder / "opt")
    account.start()
    assert account.send(second) == (201, "")
    account.edit("Neues per E-Mail", "Neuigkeiten per E-Mail")
    account.later(hours=1)
    account.package()
    assert second["release"] in account.publish()
    account.deploy()
    account.later(hours=71)
    assert account.send(second) == (201, "")
    account.later(hours=2)
    account.start()
    assert account.send(second) == (409, "projection-not-accepted")


def test_what_is_not_hosted_is_neither_served_nor_recorded(account: Account) -> None:
    account.environment = account.environment.model_copy(update={"markets": ["DE", "CH"]})
    account.release()
    page = account.open()
    assert account.ask("/v1/forms/demo-form", market="SA")["statusCode"] == 404
    listed = json.loads(account.ask("/v1/markets")["body"])["markets"]
    assert [market["market"] for market in listed] == ["CH", "DE"]
    assert account.send({**page, "market": "SA"}) == (404, "unknown-market")


def revoke(account: Account, *words: str) -> int:
    table = account.stack.environment["CONTENT_TABLE"]
    return main(["content", "revoke", "--environment", "dev", "--table", table, *words])


def test_a_revoked_text_is_refused_within_a_minute(account: Account, monkeypatch: Any, capsys: Any) -> None:
    seconds = [0.0]
    monkeypatch.setattr("consentry.content.store.time.monotonic", lambda: seconds[0])
    account.release()
    page = account.open()
    digest = page["stages"][0]["statements"][0]["digest"]
    assert account.send(page) == (201, "")
    assert revoke(account, digest, "--reason", "The authority objects", "--actor", "anna") == 0
    said = capsys.readouterr().out
    assert f"{digest}: revoked\n" in said
    assert f"  DE/promotional-email/1.de-DE in {page['release']}\n" in said
    seconds[0] += 60
    assert account.send(page) == (409, "consent-text-changed")
    # It is not deployed again by mistake, nor as part of a rollback.
    account.package()
    with pytest.raises(RevokedTextError, match="DE/promotional-email"):
        account.publish()
    assert revoke(account) == 0
    assert f"revoke {digest} by anna: The authority objects" in capsys.readouterr().out
    assert revoke(account, digest, "--lift", "--reason", "They no longer do") == 0
    seconds[0] += 60
    assert account.send(page) == (201, "")


def test_a_digest_that_nobody_was_shown_cannot_be_revoked(account: Account, capsys: Any) -> None:
    account.release()
    digest = "sha256-" + "0" * 64
    assert revoke(account, digest, "--reason", "The authority objects") == 1
    assert "no release published in dev shows it" in capsys.readouterr().err
    assert account.table.revoked() == frozenset()
    assert revoke(account, digest) == 2
    with pytest.raises(SystemExit):
        revoke(account, "sha256-mistyped", "--reason", "The authority objects")


def test_a_crash_leaves_nothing_that_could_be_packaged(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.package()
    monkeypatch.setattr(packaging, "consentry", lambda _words: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        account.package()
    assert not (account.folder / "releases/dev").exists()
    monkeypatch.setattr(packaging, "consentry", lambda _words: 2)
    with pytest.raises(packaging.PackagingError, match="not compiled"):
        account.package()


def test_a_deployment_that_would_serve_nothing_is_not_packaged(account: Account) -> None:
    account.environment = account.environment.model_copy(update={"production": True})
    with pytest.raises(packaging.PackagingError, match="dev would serve no form at all"):
        account.package()  # all of it is sample content
    assert not (account.folder / "releases/dev").exists()  # nor published


def test_aliases_of_two_releases_are_not_taken_for_one(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.release()
    served = account.layers["definitions"].read_bytes()
    account.edit("Werbung per E-Mail", "Neues per E-Mail")
    account.release()
    account.layers["definitions"].write_bytes(served)  # one alias was rolled back, the other forgotten
    with pytest.raises(packaging.PackagingError, match="not compiled"):
        account.package()
    assert "holds two releases" in capsys.readouterr().err


def test_revoking_without_a_region_says_what_is_missing(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert revoke(account) == 2
    assert "You must specify a region" in capsys.readouterr().err


def test_who_may_not_ask_what_is_live_is_told_what_to_do(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(**_asked: str) -> Mapping[str, Any]:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetFunctionConfiguration")

    monkeypatch.setattr(account, "get_function_configuration", denied)
    with pytest.raises(LiveError, match="PREVIOUS=none"):
        account.package()
