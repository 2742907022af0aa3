"""The two files a command writes: approvals and the lock of published versions."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from consentry.base.build.source import parse
from consentry.consent.build.approvals import (
    Wording,
    approvals_with_samples,
    approvals_yaml,
    lock_with,
    lock_yaml,
    sample_approval,
)
from consentry.consent.models import Approval

_DIGESTS = st.integers(0, 5).map(lambda n: f"sha256-{n:064x}")
_WORDINGS = st.builds(
    Wording,
    market=st.just("DE"),
    text=st.sampled_from(["privacy-notice", "promotional-email"]),
    version=st.integers(1, 3),
    locale=st.sampled_from(["de-DE", "de-CH"]),
    controller=st.sampled_from(["one", "two"]),
    digest=_DIGESTS,
    sample=st.booleans(),
)


def _approval(**values: Any) -> Approval:
    base: dict[str, Any] = {
        "text": "privacy-notice",
        "version": 1,
        "locale": "de-DE",
        "digest": "sha256-" + "a" * 64,
        "meaning": "medical-legal approval",
        "role": "medical-legal-reviewer",
        "actor": 'reviewer "7"',
        "at": datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
        "reference": "Akte 12: § 7",
        "expires": date(2027, 3, 1),
        "sample": False,
    }
    return Approval(**(base | values))


@given(st.lists(_WORDINGS, max_size=8))
def test_written_approvals_read_back(wordings: list[Wording]) -> None:
    approvals = approvals_with_samples([_approval()], wordings)
    source, found = parse("approvals/DE.yaml", approvals_yaml("DE", approvals).encode())
    assert found == []
    assert source is not None
    assert [Approval.model_validate(entry) for entry in source.data] == approvals


@given(st.lists(_WORDINGS, max_size=8), st.randoms(use_true_random=False))
def test_approving_again_changes_nothing_and_order_does_not_matter(wordings: list[Wording], order: Any) -> None:
    once = approvals_with_samples([_approval()], wordings)
    shuffled = list(wordings)
    order.shuffle(shuffled)
    assert approvals_with_samples(once, shuffled) == once
    assert all(approval.sample for approval in once if approval.actor == "sample")
    approved = {(a.text, a.version, a.locale, a.digest) for a in once if a.sample}
    assert approved == {(w.text, w.version, w.locale, w.digest) for w in wordings if w.sample}


def test_an_outdated_sample_goes_and_a_genuine_approval_stays() -> None:
    wording = Wording("DE", "privacy-notice", 1, "de-DE", "one", "sha256-" + "b" * 64, sample=True)
    outdated = sample_approval(Wording("DE", "privacy-notice", 1, "de-DE", "one", "sha256-" + "c" * 64, sample=True))
    genuine = _approval()
    assert approvals_with_samples([outdated, genuine], [wording]) == [genuine, sample_approval(wording)]


def test_words_with_a_genuine_approval_need_no_sample() -> None:
    wording = Wording("DE", "privacy-notice", 1, "de-DE", "one", "sha256-" + "a" * 64, sample=True)
    assert approvals_with_samples([_approval()], [wording]) == [_approval()]


@given(st.lists(_WORDINGS, max_size=8), st.lists(_WORDINGS, max_size=8))
def test_the_lock_only_grows(first: list[Wording], second: list[Wording]) -> None:
    before = lock_with({}, first)
    after = lock_with(before, second)
    for key, digests in before.items():
        assert digests.items() <= after[key].items()
    source, found = parse("published.yaml", lock_yaml(after).encode())
    assert not after or (source is not None and not found and source.data == after)
