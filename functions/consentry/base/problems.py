"""Refusals: RFC 9457 problem details in the visitor's language.

A ``Problem`` names a stable code; its words lie in the release (``problems.json``), so that a translator
owns them and no function carries sentences.
"""

import json
from typing import Any

from consentry.base.files import read

STATUS = {
    "malformed-json": 400,
    "bad-encoding": 400,
    "too-deep": 400,
    "market-required": 400,
    "idempotency-key-missing": 400,
    "not-acceptable-dialect": 400,
    "token-invalid": 401,
    "token-expired": 401,
    "origin-not-allowed": 403,
    "sample-content": 403,
    "not-found": 404,
    "unknown-form": 404,
    "unknown-market": 404,
    "unknown-projection": 404,
    "method-not-allowed": 405,
    "unknown-release": 409,
    "projection-not-accepted": 409,
    "consent-text-changed": 409,
    "market-mismatch": 409,
    "place-not-hosted": 409,
    "stage-out-of-order": 409,
    "body-too-large": 413,
    "unsupported-media-type": 415,
    "invalid-body": 422,
    "invalid-answers": 422,
    "statement-unanswered": 422,
    "idempotency-key-reused": 422,
    "unknown-site": 422,
    "internal": 500,
    "try-again": 503,
}


class Problem(Exception):
    """A refusal.

    ``code`` is a key of ``STATUS``; ``params`` fill the text's placeholders; ``errors`` are
    ``{"pointer", "code", "limit"?, "detail"?}`` per JSON Pointer (RFC 6901); ``extra`` are extension members.
    """

    def __init__(
        self,
        code: str,
        params: dict[str, str] | None = None,
        errors: list[dict[str, Any]] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = STATUS[code]
        self.params = params or {}
        self.errors = errors or []
        self.extra = extra


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


class ProblemTexts:
    """The localized words of refusals, read on the first refusal."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._texts: dict[str, Any] | None = None

    def _load(self) -> dict[str, Any]:
        if self._texts is None:
            self._texts = json.loads(read(self._path))
        return self._texts

    @property
    def locales(self) -> list[str]:
        """Locales with words, the default first."""
        texts = self._load()
        default: str = texts["default"]
        return [default, *(tag for tag in texts["locales"] if tag != default)]

    def body(self, problem: Problem, locale: str) -> dict[str, Any]:
        """The problem document of ``problem`` in ``locale`` (one of ``locales``)."""
        words = self._load()["locales"][locale]
        text = words["problems"][problem.code]
        params = _Blank(problem.params)
        body: dict[str, Any] = {
            "type": f"urn:consentry:problem:{problem.code}",
            "title": text["title"].format_map(params),
            "status": problem.status,
            "detail": text["detail"].format_map(params),
        }
        if problem.errors:
            body["errors"] = [
                error if "detail" in error else {**error, "detail": self._sentence(words, error)}
                for error in problem.errors
            ]
        body.update(problem.extra)
        return body

    @staticmethod
    def _sentence(words: dict[str, Any], error: dict[str, Any]) -> str:
        sentence: str = words["errors"].get(error["code"], "")
        return sentence.format_map(_Blank(error))
