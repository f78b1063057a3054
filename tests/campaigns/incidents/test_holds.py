"""The pause switch: what it stops, for whom, until when, and how it is lifted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.models import CampaignHold, Deliverable
from campaigns.selectors.holds import paused_in, pauses_of
from campaigns.services import holds
from campaigns.services.publishing.planning import plan
from campaigns.services.refusals import CampaignRefused
from crm.models import AuditEntry, Brand, Hold, Notification, Relationship, User
from crm.services import holds as crm_holds
from crm.services.holds import HoldRefused
from tests.campaigns.incidents.made import reported
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, RelationshipFactory

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def creator(brand: Brand) -> Relationship:
    return RelationshipFactory(brand=brand, creator__name="Anna Holm")


def test_what_stands_still(brand: Brand, creator: Relationship, manager: User, legal: User) -> None:
    campaign = make_campaign(brand)
    crm_holds.pause(
        brand=brand, relationship=creator, reason="Look first", until=None, actor=manager, at=NOW
    )
    other = RelationshipFactory(brand=brand)
    assert holds.why_held(brand, relationship=creator, campaign=campaign, at=LATER) == (
        "Work with Anna Holm has been paused since 22 November: Look first. "
        "Lift the pause first, under Legal, Pauses."
    )
    assert holds.why_held(brand, relationship=other, campaign=campaign, at=LATER) == ""
    holds.pause_campaign(
        campaign=campaign,
        reason="The product is recalled",
        until=NOW + timedelta(days=2),
        actor=manager,
        at=NOW,
        tell=[legal, manager],
    )
    assert holds.why_held(brand, relationship=other, campaign=campaign, at=LATER).startswith(
        "The campaign Spring launch has been paused since 22 November and until "
        "24 November 2026, 12:00: The product is recalled."
    )
    # Its time is over.
    after = NOW + timedelta(days=2)
    assert holds.hold_on(brand, relationship=other, campaign=campaign, at=after) is None
    [told] = Notification.objects.all()
    assert (told.user, told.text) == (legal, "manager paused it: The campaign Spring launch.")
    crm_holds.pause(
        brand=brand, relationship=None, reason="Crisis", until=None, actor=legal, at=LATER
    )
    assert holds.why_held(brand, at=LATER).startswith("Everything of Acme has been paused")
    pauses = pauses_of(brand, LATER)
    assert [hold.subject for hold in pauses.now] == [
        "Everything of Acme",
        "Work with Anna Holm",
        "The campaign Spring launch",
    ]


def test_paused_once_lifted_once(brand: Brand, creator: Relationship, manager: User) -> None:
    said = {"brand": brand, "relationship": creator, "actor": manager}
    hold = crm_holds.pause(reason="Look", until=None, at=NOW, **said)  # type: ignore[arg-type]
    with pytest.raises(HoldRefused, match="paused already"):
        crm_holds.pause(reason="Again", until=None, at=LATER, **said)  # type: ignore[arg-type]
    with pytest.raises(HoldRefused, match="Say what has changed"):
        crm_holds.lift(hold_id=hold.pk, brand=brand, reason=" ", actor=manager, at=LATER)
    crm_holds.lift(hold_id=hold.pk, brand=brand, reason="Cleared", actor=manager, at=LATER)
    with pytest.raises(HoldRefused, match="not paused any more"):
        crm_holds.lift(hold_id=hold.pk, brand=brand, reason="Twice", actor=manager, at=LATER)
    # One that ran out does not stand in the way of the next.
    short = NOW + timedelta(hours=3)
    crm_holds.pause(reason="Short", until=short, at=LATER, **said)  # type: ignore[arg-type]
    crm_holds.pause(reason="New", until=None, at=short, **said)  # type: ignore[arg-type]
    assert [(row.reason, row.lifted_at) for row in Hold.objects.order_by("since")] == [
        ("Look", LATER),
        ("Short", short),
        ("New", None),
    ]
    assert AuditEntry.objects.filter(verb="crm.hold.placed").count() == 3
    assert "Look" not in str([entry.facts for entry in AuditEntry.objects.all()])


def test_refused_and_nothing_changed(
    brand: Brand, other_brand: Brand, creator: Relationship, manager: User
) -> None:
    with pytest.raises(HoldRefused, match="has passed"):
        crm_holds.pause(
            brand=brand, relationship=creator, reason="Why", until=NOW, actor=manager, at=NOW
        )
    with pytest.raises(HoldRefused, match="Say why"):
        crm_holds.pause(
            brand=brand, relationship=None, reason="", until=None, actor=manager, at=NOW
        )
    with pytest.raises(HoldRefused, match="not among the brand's"):
        crm_holds.pause(
            brand=other_brand, relationship=creator, reason="x", until=None, actor=manager, at=NOW
        )
    assert not Hold.objects.exists()
    assert not AuditEntry.objects.exists()


def test_of_an_incident(brand: Brand, creator: Relationship, legal: User) -> None:
    incident = reported(brand, legal, creator)
    hold = crm_holds.pause(
        brand=brand,
        relationship=creator,
        reason="The incident",
        until=None,
        actor=legal,
        at=LATER,
        incident=incident,
    )
    crm_holds.lift(hold_id=hold.pk, brand=brand, reason="Over", actor=legal, at=LATER)
    assert list(incident.events.values_list("act", flat=True)) == ["report", "pause", "lift"]


def test_nothing_is_planned_while_paused(
    brand: Brand, creator: Relationship, manager: User
) -> None:
    campaign = make_campaign(brand)
    piece = Deliverable.objects.create(
        engagement=engage(campaign, relationship=creator),
        title="Reel",
        platform_id="instagram",
        kind="lifestyle",
        form="short_video",
        created_at=NOW,
        state_since=NOW,
    )
    holds.pause_campaign(campaign=campaign, reason="Wait", until=None, actor=manager, at=NOW)
    with pytest.raises(CampaignRefused) as refused:
        plan(
            deliverable_id=piece.pk,
            brand=brand,
            publish_at=NOW + timedelta(days=120),
            actor=manager,
            at=LATER,
            expected_version=None,
        )
    assert refused.value.code == "paused"
    piece.refresh_from_db()
    assert piece.publish_at is None
    paused = paused_in(campaign, LATER)
    assert paused.words(creator.pk) == "Paused: the campaign stands still."
    assert holds.end_what_ran_out(LATER) == 0
    assert CampaignHold.objects.filter(lifted_at=None).count() == 1
