"""Who of the staff is asking, and what they may do: claims that the API's authorizer has verified.

``sub`` is an opaque staff id; ``scope``, ``locales`` and ``markets`` are lists separated by spaces. ``*`` stands for
all; a language covers its regions (``de`` covers ``de-CH``), a market covers itself alone. A request without claims is
refused whatever the route's configuration says.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from consentry.base.http import Event
from consentry.base.staff_problems import StaffProblem

_SUB = re.compile(r"[A-Za-z0-9._|:\-]{1,128}")


@dataclass(frozen=True)
class Staff:
    """One member of staff, as this request's token says."""

    sub: str
    scopes: frozenset[str]
    locales: frozenset[str]
    markets: frozenset[str]

    def has(self, scope: str) -> bool:
        """Whether the token carries ``scope``."""
        return scope in self.scopes

    def may_locale(self, locale: str) -> bool:
        """Whether ``locale`` or a language that covers it is theirs."""
        if "*" in self.locales or locale in self.locales:
            return True
        parts = locale.split("-")
        return any("-".join(parts[:length]) in self.locales for length in range(1, len(parts)))

    def may_market(self, market: str) -> bool:
        """Whether ``market`` is theirs."""
        return "*" in self.markets or market in self.markets

    def require(self, scope: str, locale: str | None = None, market: str | None = None) -> None:
        """Refuse unless the scope is there and covers the locale and the market, where one is named.

        Raises:
            StaffProblem: 403, naming what is missing.
        """
        if scope not in self.scopes:
            raise StaffProblem(
                "scope-missing",
                f"This needs the scope {scope}; your token has {listed(self.scopes)}.",
                f"Ask whoever manages staff accounts for {scope}, or ask a colleague who has it.",
                scope=scope,
            )
        if locale is not None and not self.may_locale(locale):
            raise not_theirs("locale", locale, self.locales)
        if market is not None and not self.may_market(market):
            raise not_theirs("market", market, self.markets)


def not_theirs(kind: Literal["locale", "market"], name: str, theirs: Iterable[str]) -> StaffProblem:
    """403 for a locale or a market of somebody else's."""
    many = {"locale": "languages", "market": "markets"}[kind]
    problem = StaffProblem(
        f"{kind}-not-yours",
        f"{name} is not among your {many} ({listed(theirs)}).",
        f"Leave {name} as it is, or ask a colleague whose {many} include it.",
    )
    problem.extra[kind] = name
    return problem


def staff(event: Event) -> Staff:
    """The member of staff behind a request.

    Raises:
        StaffProblem: 401 without verified claims, 403 for a ``sub`` that is not opaque.
    """
    context = event.get("requestContext") or {}
    claims = ((context.get("authorizer") or {}).get("jwt") or {}).get("claims") or {}
    sub = claims.get("sub")
    if not isinstance(sub, str) or not sub:
        raise StaffProblem(
            "not-signed-in",
            "This is for staff, and the request carries no verified token.",
            "Send the header Authorization: Bearer <token> from your identity provider; on your own machine "
            "`consentry token` makes one.",
            headers={"www-authenticate": "Bearer"},
        )
    if not _SUB.fullmatch(sub):
        raise StaffProblem(
            "scope-missing",
            "Your token's sub is not an opaque id; names and addresses are not kept in histories.",
            "Ask whoever manages staff accounts to issue a sub of A–Z a–z 0–9 . _ - | : only.",
        )
    return Staff(sub, _words(claims.get("scope")), _words(claims.get("locales")), _words(claims.get("markets")))


def _words(claim: object) -> frozenset[str]:
    """The words of a claim; the gateway writes a list as ``[a b]``."""
    return frozenset(claim.strip("[]").split()) if isinstance(claim, str) else frozenset()


def listed(words: Iterable[str]) -> str:
    """What somebody has, in words."""
    return ", ".join(sorted(words)) or "none"
