"""Events as tests need them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from campaigns.choices import EngagementStage
from campaigns.models import Campaign, Event, EventInvitation
from campaigns.services.events.answering import invite
from campaigns.services.events.planning import Values, make_event
from crm.models import Brand, Relationship, User
from tests.campaigns.made import engage
from tests.campaigns.publishing.pieces import running
from tests.factories import NOW, RelationshipFactory

STARTS = datetime(2026, 12, 3, 18, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=4)


def an_event(brand: Brand, actor: User, campaign: Campaign | None = None, **values: Any) -> Event:
    """A dinner in Copenhagen in December."""
    said: Values = {
        "name": "Winter dinner",
        "place": "The old bakery",
        "starts_at": STARTS,
        "ends_at": ENDS,
        "zone": "Europe/Copenhagen",
        "capacity": 3,
        "guests_max": 2,
        "answer_by": date(2026, 11, 30),
    } | values  # type: ignore[assignment]
    return make_event(campaign=campaign or running(brand, actor), values=said, actor=actor, at=NOW)


def invited(event: Event, actor: User, *names: str, in_campaign: bool = False) -> list[Any]:
    """Creators of these names, invited in this order."""
    rows = []
    for name in names:
        relationship: Relationship = RelationshipFactory(
            brand=event.campaign.brand, creator__name=name
        )
        if in_campaign:
            engage(event.campaign, EngagementStage.APPROVED, relationship)
        rows.append(relationship.pk)
    made = invite(
        event_id=event.pk,
        brand=event.campaign.brand,
        relationships=rows,
        actor=actor,
        at=NOW,
    )
    return [EventInvitation.objects.get(pk=one.pk) for one in made]
