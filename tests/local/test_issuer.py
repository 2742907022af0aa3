"""The development issuer's tokens: what a gateway lets through and what it does not."""

import base64
import json
import stat
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from consentry.cli import main
from consentry.local.issuer import (
    AUDIENCE,
    ISSUER,
    KEY_FILE,
    Authorizer,
    IssuerError,
    Refused,
    as_text,
    load_key,
    make_key,
    mint,
)

KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
NOW = int(time.time())
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "sub": "anna", "scope": "b a", "nbf": NOW - 5, "exp": NOW + 36_000}


def signed(key: Any = KEY, algorithm: str = "RS256", **changes: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm)


def test_a_minted_token_is_let_through_with_its_claims_as_text() -> None:
    token = mint(KEY, sub="anna", scopes=["glossary:read", "glossary:edit"], locales=["de", "fr-CH"], markets=["*"],
                 now=NOW, hours=0.5)  # fmt: skip
    told = Authorizer(KEY).authorize(f"Bearer {token}")
    assert told == {
        "jwt": {
            "claims": {
                "iss": ISSUER, "aud": AUDIENCE, "sub": "anna", "scope": "glossary:read glossary:edit",
                "locales": "de fr-CH", "markets": "*", "iat": str(NOW), "nbf": str(NOW), "exp": str(NOW + 1800),
            },
            "scopes": ["glossary:edit", "glossary:read"],
        }
    }  # fmt: skip


def test_the_scheme_is_read_without_regard_to_case() -> None:
    assert Authorizer(KEY).authorize(f"bEARER {signed()}")["jwt"]["claims"]["sub"] == "anna"


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (None, "no bearer token"),
        ("", "no bearer token"),
        ("Bearer", "no bearer token"),
        (f"Basic {signed()}", "no bearer token"),
        ("Bearer x.y.z", "cannot be read"),
        (f"Bearer {signed(exp=NOW - 1)}", "expired"),
        (f"Bearer {signed(nbf=NOW + 36_000)}", "not valid yet"),
        (f"Bearer {signed(iss='https://login.example.com')}", "another issuer"),
        (f"Bearer {signed(aud='somebody-else')}", "another audience"),
        (f"Bearer {signed(OTHER)}", "not signed by this stack's issuer"),
        (f"Bearer {signed(exp=None)}", "cannot be read"),
        (f"Bearer {signed(aud=None)}", "cannot be read"),
        (f"Bearer {signed(iss=None)}", "cannot be read"),
    ],
)
def test_what_does_not_count_is_refused_with_its_reason(header: str | None, why: str) -> None:
    with pytest.raises(Refused, match=why):
        Authorizer(KEY).authorize(header)


def test_neither_no_signature_nor_the_public_key_as_a_password_nor_another_kind_of_key_passes() -> None:
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    body = signed().split(".")[1]
    forged = [f"{head}.{body}.", signed(ec.generate_private_key(ec.SECP256R1()), "ES256")]
    # PyJWT itself refuses to make this one, so it is put together by hand.
    import hashlib  # noqa: PLC0415
    import hmac  # noqa: PLC0415

    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode()
    mac = hmac.new(public, f"{head}.{body}".encode(), hashlib.sha256).digest()
    forged.append(f"{head}.{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}")
    for token in forged:
        with pytest.raises(Refused):
            Authorizer(KEY).authorize(f"Bearer {token}")


def test_a_refusal_never_repeats_the_token() -> None:
    token = signed(exp=NOW - 1)
    with pytest.raises(Refused) as refused:
        Authorizer(KEY).authorize(f"Bearer {token}")
    assert token not in str(refused.value)


def test_claims_are_text_as_api_gateway_hands_them_on() -> None:
    assert as_text({"n": 7, "yes": True, "list": ["a", 1], "s": "x", "map": {"a": 1}}) == {
        "n": "7", "yes": "true", "list": "[a 1]", "s": "x", "map": '{"a": 1}',
    }  # fmt: skip


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first, second = make_key(tmp_path / "data"), make_key(tmp_path / "data")
    assert first.private_numbers() == second.private_numbers()
    assert stat.S_IMODE((tmp_path / "data" / KEY_FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"nonsense", None])
def test_a_broken_key_is_named(tmp_path: Path, content: bytes | None) -> None:
    elliptic = ec.generate_private_key(ec.SECP256R1())
    pem = elliptic.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / KEY_FILE).write_bytes(content or pem)
    with pytest.raises(IssuerError, match="delete it and start `consentry serve` again"):
        load_key(tmp_path)


# consentry token


def test_the_command_prints_the_token_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = make_key(tmp_path / ".build" / "local")
    arguments = ["--scopes", "glossary:read glossary:edit", "--locales", "de,fr-CH", "--markets", "DE", "CH"]
    assert main(["token", "--sub", "anna-t", *arguments, "--hours", "2", "--root", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert (said.err, said.out.count("\n")) == ("", 1)
    claims = Authorizer(key).authorize(f"Bearer {said.out.strip()}")["jwt"]["claims"]
    assert (claims["sub"], claims["scope"]) == ("anna-t", "glossary:read glossary:edit")
    assert (claims["locales"], claims["markets"]) == ("de fr-CH", "DE CH")
    assert int(claims["exp"]) - int(claims["iat"]) == 7200


def test_without_a_development_key_there_is_no_token(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "--sub", "anna", "--scopes", "glossary:read", "--root", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "start `consentry serve` there first" in said.err
    assert not (tmp_path / ".build").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--scopes", "glossary:rule"], "'glossary:rule' is no scope"),
        (["--scopes", " "], "nothing was named"),
        (["--scopes", "glossary:read", "--locales", "German"], "'German' is no locale"),
        (["--scopes", "glossary:read", "--markets", "Germany"], "'Germany' is no market"),
        (["--scopes", "glossary:read", "--hours", "25"], "at most 24"),
        (["--scopes", "glossary:read", "--hours", "nan"], "at most 24"),
        (["--scopes", "glossary:read", "--sub", "anna@example.com"], "neither names nor addresses"),
        ([], "--scopes"),
    ],
)
def test_wrong_usage_is_named(arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["token", "--sub", "anna", *arguments])
    assert ended.value.code == 2
    assert why in capsys.readouterr().err


def test_the_token_is_json_that_a_page_can_read() -> None:
    token = mint(KEY, sub="anna", scopes=["glossary:read"], locales=["*"], markets=["*"], now=NOW, hours=8)
    head, _, _ = token.split(".")
    assert json.loads(base64.urlsafe_b64decode(head + "==")) == {
        "alg": "RS256", "kid": "development", "typ": "JWT",
    }  # fmt: skip
