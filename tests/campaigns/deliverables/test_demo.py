"""The demo brand has papers and content at every step, made with the services that people use."""

from __future__ import annotations

import pytest

from campaigns.choices import ContractState, DeliverableState
from campaigns.models import (
    Contract,
    Deliverable,
    DisclosureReview,
    EventInvitation,
    Publication,
)
from campaigns.services.made_up_campaigns import fill_campaigns
from campaigns.services.made_up_content import fill_content, fill_contracts, fill_events
from crm.audit import entries_of, first_broken_link
from crm.models import Incident
from crm.services import demo
from tests.factories import NOW, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


def test_papers_and_content_at_every_step(brand, manager, legal):
    for number in range(16):
        relationship = RelationshipFactory(brand=brand)
        ProfileFactory(creator=relationship.creator, followers=20_000 + number)
    parts = {part.key: part.fill for part in demo.PARTS}
    assert [parts[key] for key in ("contracts", "content", "events")] == [
        fill_contracts,
        fill_content,
        fill_events,
    ]
    fill_campaigns(brand=brand, seed=0, at=NOW)
    counted = [
        fill(brand=brand, seed=0, at=NOW) for fill in (fill_contracts, fill_content, fill_events)
    ]
    assert counted == [2, 12, 1]
    assert sorted(Contract.objects.values_list("state", flat=True)) == [
        ContractState.ACCEPTED,
        ContractState.SENT,
    ]
    assert set(Deliverable.objects.values_list("state", flat=True)) == {
        DeliverableState.PLANNED,
        DeliverableState.NEEDS_WORK,
        DeliverableState.IN_REVIEW,
        DeliverableState.PUBLISHED,
    }
    assert Publication.objects.count() == 2
    # Legal has drafts and posts to look at.
    assert {row.stage for row in DisclosureReview.objects.open()} == {"draft", "live"}
    assert EventInvitation.objects.count() == 8
    assert Incident.objects.count() == 1
    # A second time there is nothing to add.
    again = [
        fill(brand=brand, seed=0, at=NOW) for fill in (fill_contracts, fill_content, fill_events)
    ]
    assert again == counted
    assert first_broken_link(entries_of(brand)) is None


def test_without_people_nothing_is_made_up(brand):
    RelationshipFactory(brand=brand)
    fills = (fill_contracts, fill_content, fill_events)
    assert [fill(brand=brand, seed=1, at=NOW) for fill in fills] == [0, 0, 0]
