"""Sample approvals, and the lock of published versions: the two files of ``consent_texts/`` that a command writes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from consentry.base.build.yaml_text import quoted
from consentry.consent.build.library import FOLDER
from consentry.consent.models import Approval, text_name

# Fixed, so that approving the same words twice writes the same bytes.
SAMPLE_AT = datetime(2026, 11, 1, tzinfo=UTC)
SAMPLE_EXPIRES = date(2028, 11, 1)


@dataclass(frozen=True, order=True)
class Wording:
    """Words as they would be shown: a text of a market in a locale with a controller's data filled in."""

    market: str
    text: str
    version: int
    locale: str
    controller: str
    digest: str
    sample: bool

    @property
    def lock_key(self) -> str:
        """The entry of ``published.yaml``."""
        return text_name(self.market, self.text, self.version, self.locale)


def sample_approval(wording: Wording) -> Approval:
    """The approval that a sample text gets outside production."""
    return Approval(
        text=wording.text,
        version=wording.version,
        locale=wording.locale,
        digest=wording.digest,
        meaning="medical-legal approval",
        role="medical-legal-reviewer",
        actor="sample",
        at=SAMPLE_AT,
        reference="SAMPLE",
        expires=SAMPLE_EXPIRES,
        sample=True,
    )


def approvals_with_samples(held: Iterable[Approval], wordings: Iterable[Wording]) -> list[Approval]:
    """A market's approvals after its sample texts were approved anew: genuine ones stay, outdated samples go."""
    fresh = [sample_approval(wording) for wording in wordings if wording.sample]
    kept = [approval for approval in held if not approval.sample]
    signed = {_words(approval) for approval in kept}
    unsigned = {_words(approval): approval for approval in fresh if _words(approval) not in signed}
    return sorted([*kept, *unsigned.values()], key=lambda a: (a.text, a.version, a.locale, a.sample, a.digest))


def _words(approval: Approval) -> tuple[str, int, str, str]:
    return approval.text, approval.version, approval.locale, approval.digest


def approvals_yaml(market: str, approvals: Iterable[Approval]) -> str:
    """``consent_texts/approvals/<MARKET>.yaml``."""
    lines = [
        f"# Approvals for {market}. Each binds the digest of the exact words: change a word and it no longer counts."
    ]
    for a in approvals:
        lines += [
            f"- text: {a.text}",
            f"  version: {a.version}",
            f"  locale: {a.locale}",
            f"  digest: {a.digest}",
            f"  meaning: {quoted(a.meaning)}",
            f"  role: {a.role}",
            f"  actor: {quoted(a.actor)}",
            f"  at: {a.at.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}",
            f"  reference: {quoted(a.reference)}",
            f"  expires: {a.expires.isoformat()}",
            f"  sample: {'true' if a.sample else 'false'}",
        ]
    return "\n".join(lines) + "\n"


def lock_with(held: Mapping[str, Mapping[str, str]], wordings: Iterable[Wording]) -> dict[str, dict[str, str]]:
    """The lock with wordings that were not in it yet; what is published stays as it was published."""
    lock = {key: dict(digests) for key, digests in held.items()}
    for wording in wordings:
        lock.setdefault(wording.lock_key, {}).setdefault(wording.controller, wording.digest)
    return {key: dict(sorted(lock[key].items())) for key in sorted(lock)}


def lock_yaml(lock: Mapping[str, Mapping[str, str]]) -> str:
    """``consent_texts/published.yaml``."""
    lines = [
        "# Written by `consentry content publish-lock`: market/text/version.locale, then controller, to the digest",
        "# of the words published. They never change: write new words as a new version.",
    ]
    for key, digests in lock.items():
        lines.append(f"{key}:")
        lines += [f"  {controller}: {digest}" for controller, digest in digests.items()]
    return "\n".join(lines) + "\n"


def approvals_path(market: str) -> str:
    """Where a market's approvals lie."""
    return f"{FOLDER}/approvals/{market}.yaml"
