"""Nothing captured is lost, torn or told differently while calls fail and workers die. ``make bench`` runs 5,000."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import exactly_once
from benchmarks.ground import Cloud, Content, cloud


@pytest.fixture(scope="module")
def aws() -> Iterator[Cloud]:
    with cloud() as endpoint:
        yield endpoint


@pytest.fixture
def content(release: Path) -> Content:
    return Content(release, 0)


def test_accepted_is_leads_is_event_sets_is_messages(content: Content, aws: Cloud) -> None:
    plan = exactly_once.Plan(submissions=200, workers=3, kills_per_second=0.7)
    outcome = asyncio.run(exactly_once.run(content, aws, plan))

    assert outcome.torn == []
    assert (outcome.lost, outcome.differing) == (0, 0)
    assert outcome.accepted == outcome.leads == outcome.event_sets == plan.submissions
    assert outcome.messages == outcome.messages_due >= plan.submissions
    assert outcome.on_the_wire >= outcome.messages
    # The run was what it says: calls failed, workers died, clients came again.
    assert {"throttled", "done, and its answer lost"} <= set(outcome.faults)
    assert outcome.kills > 0
    assert outcome.retries > 0


def test_a_hundred_posts_with_one_key_are_one_lead_and_one_acknowledgement(content: Content, aws: Cloud) -> None:
    race = asyncio.run(exactly_once.one_key(content, aws, posts=100, workers=4))
    assert race == exactly_once.Race(posts=100, acknowledgements=1, leads=1, events=3)
