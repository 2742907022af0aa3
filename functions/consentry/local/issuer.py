"""The development issuer: the key that the one-machine stack trusts, tokens made with it, what a gateway makes of one.

As API Gateway's JWT authorizer does it: RSA signatures alone, issuer, audience and times checked, every claim handed on
as text. The key never leaves the stack's data folder, and no deployment knows its issuer.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

ISSUER = "https://development-issuer.consentry.invalid"
AUDIENCE = "consentry-staff"
KEY_FILE = "development-issuer.pem"
KEY_ID = "development"
ALGORITHM = "RS256"
"""What API Gateway verifies; it knows no other kind of key than RSA."""
MAX_HOURS = 24


class IssuerError(Exception):
    """No token, and what to do about it."""


class Refused(Exception):
    """A bearer token that does not count: a sentence for people, without the token."""


def data_folder(root: Path) -> Path:
    """Where ``consentry serve`` keeps what is its own."""
    return root / ".build" / "local"


def make_key(folder: Path) -> RSAPrivateKey:
    """The issuer's key, made once, readable by its owner alone."""
    path = folder / KEY_FILE
    folder.mkdir(parents=True, exist_ok=True)
    if not path.is_file():
        pem = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        partial = path.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
        partial.replace(path)
    return load_key(folder)


def load_key(folder: Path) -> RSAPrivateKey:
    """The key of the stack that ran last.

    Raises:
        IssuerError: none has run there, or the file is no RSA key.
    """
    path = folder / KEY_FILE
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError:
        raise IssuerError(
            f"there is no development key in {folder}: start `consentry serve` there first, or name the checkout "
            "with --root. Deployed stacks take tokens of their own issuer alone (docs/operator-guide.md, Staff API)"
        ) from None
    except ValueError as error:
        raise IssuerError(f"{path} cannot be read ({error}); delete it and start `consentry serve` again") from None
    if not isinstance(key, RSAPrivateKey):
        raise IssuerError(f"{path} is no RSA key; delete it and start `consentry serve` again")
    return key


def mint(
    key: RSAPrivateKey,
    *,
    sub: str,
    scopes: Sequence[str],
    locales: Sequence[str],
    markets: Sequence[str],
    now: int,
    hours: float,
) -> str:
    """A token for ``sub``; ``now`` in seconds since the epoch."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": sub,
        "scope": " ".join(scopes),
        "locales": " ".join(locales),
        "markets": " ".join(markets),
        "iat": now,
        "nbf": now,
        "exp": now + int(hours * 3600),
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": KEY_ID})


class Authorizer:
    """What stands before staff routes on this machine."""

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key.public_key()

    def authorize(self, authorization: str | None) -> dict[str, Any]:
        """``requestContext.authorizer`` for an Authorization header.

        Raises:
            Refused: no token, or one that does not count.
        """
        scheme, _, token = (authorization or "").strip().partition(" ")
        if not token or scheme.lower() != "bearer":
            raise Refused("there is no bearer token")
        try:
            claims = jwt.decode(
                token.strip(),
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.ExpiredSignatureError:
            raise Refused("the token has expired") from None
        except jwt.ImmatureSignatureError:
            raise Refused("the token is not valid yet") from None
        except jwt.InvalidIssuerError:
            raise Refused("the token is of another issuer") from None
        except jwt.InvalidAudienceError:
            raise Refused("the token is for another audience") from None
        except jwt.InvalidSignatureError:
            raise Refused("the token was not signed by this stack's issuer") from None
        except jwt.InvalidTokenError:
            raise Refused("the token cannot be read") from None
        texts = as_text(claims)
        return {"jwt": {"claims": texts, "scopes": sorted(texts.get("scope", "").split())}}


def as_text(claims: Mapping[str, Any]) -> dict[str, str]:
    """Claims as API Gateway hands them on: numbers as digits, lists as ``[a b]``."""
    return {name: _text(value) for name, value in claims.items()}


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case list():
            return f"[{' '.join(_text(each) for each in value)}]"
    return json.dumps(value)
