"""The routes of the API and the functions behind them: one table for the deployed API and the local gateway.

Paths are API Gateway (HTTP API) route paths: ``{name}`` is one segment, ``{name+}`` the rest. ``$default`` takes
every request that no route matches, so that a refusal is always ours (RFC 9457).

Visitors have no account. Staff do: the gateway lets nobody through to a staff route without a token of the
environment's issuer, and an environment without an issuer has no staff routes at all.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

DEFAULT: Final = "$default"


class Route(NamedTuple):
    """``method`` is an HTTP method; of the route ``$default`` it is ``ANY``."""

    method: str
    path: str
    function: str
    staff: bool = False
    """Whether the gateway asks for a token."""

    @property
    def key(self) -> str:
        """API Gateway's route key: ``GET /v1/health`` or ``$default``."""
        return self.path if self.path == DEFAULT else f"{self.method} {self.path}"


def _staff(function: str, *routes: str) -> Iterator[Route]:
    """Routes of staff: methods and path of each in one line."""
    for route in routes:
        *methods, path = route.split()
        yield from (Route(method, path, function, staff=True) for method in methods)


ROUTES: Final[tuple[Route, ...]] = (
    Route("GET", "/v1/health", "forms-definitions"),
    Route("GET", "/v1/markets", "forms-definitions"),
    Route("GET", "/v1/forms/{form}", "forms-definitions"),
    Route("GET", "/v1/forms/{form}/projections/{proxy+}", "forms-definitions"),
    Route("GET", "/openapi.json", "forms-definitions"),
    Route("GET", "/asyncapi.json", "forms-definitions"),
    Route("POST", "/v1/forms/{form}/submissions", "submissions-submit"),
    Route("POST", "/v1/profile/next", "submissions-profile"),
    Route("POST", "/v1/profile/answers", "submissions-profile"),
    *_staff(
        "glossary-concepts",
        "GET POST /v1/glossary/concepts",
        "GET PUT DELETE /v1/glossary/concepts/{concept}",
        "GET /v1/glossary/concepts/{concept}/history",
        "GET /v1/glossary/concepts/{concept}/impact",
        "POST /v1/glossary/concepts/{concept}/submission",
        "POST /v1/glossary/concepts/{concept}/approvals",
        "POST /v1/glossary/concepts/{concept}/reopening",
        "GET POST /v1/glossary/judgements",
        "GET DELETE /v1/glossary/judgements/{judgement}",
        "GET /v1/glossary/judgements/{judgement}/history",
        "POST /v1/glossary/judgements/{judgement}/decision",
        "GET /v1/glossary/tasks",
        "GET /v1/glossary/rechecks/{recheck}",
    ),
    *_staff(
        "glossary-checks",
        "POST /v1/glossary/checks",
        "GET /v1/glossary/exports",
    ),
    *_staff(
        "glossary-imports",
        "POST /v1/glossary/imports",
        "GET /v1/glossary/imports/{import}",
        "POST /v1/glossary/uploads",
    ),
    *_staff(
        "content-translations",
        "GET /v1/translations",
        "GET PUT /v1/translations/{locale}/{key}",
        "POST /v1/translations/{locale}/{key}/checks",
        "POST /v1/translations/{locale}/{key}/review",
        "POST /v1/translations/{locale}/{key}/approval",
        "GET /v1/translations/{locale}/{key}/history",
        "POST /v1/translations/{market}/{text}/{locale}/versions",
        "GET /v1/markets/{market}/readiness",
    ),
    Route("ANY", DEFAULT, "forms-definitions"),
)

HANDLERS: Final[dict[str, str]] = {
    "forms-definitions": "consentry.forms.definitions_handler.handler",
    "submissions-submit": "consentry.submissions.submit_handler.handler",
    "submissions-profile": "consentry.submissions.profile_handler.handler",
    "leads-outbox": "consentry.leads.outbox_worker.handler",
    "consent-watch": "consentry.consent.watch_worker.handler",
    "glossary-concepts": "consentry.glossary.concepts_handler.handler",
    "glossary-checks": "consentry.glossary.checks_handler.handler",
    "glossary-imports": "consentry.glossary.imports_handler.handler",
    "glossary-recheck": "consentry.glossary.recheck_worker.handler",
    "content-translations": "consentry.content.translations_handler.handler",
}
"""Function id to handler: visitors' functions, the workers behind them, then those of staff."""
