"""The last place: two creators accept in the same moment, one comes, the other waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.choices import InvitationAct as Act
from campaigns.choices import InvitationState as State
from campaigns.models import EventInvitation
from campaigns.services.deliverables.record import Actor
from campaigns.services.events import answering
from crm.audit import entries_of, first_broken_link
from tests.campaigns.events.worlds import an_event, invited
from tests.crm.test_at_once import at_once, no_drain
from tests.factories import NOW

__all__ = ("no_drain",)
pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_two_gets_the_last_place(brand, manager):
    event = an_event(brand, manager, capacity=1)
    rows = invited(event, manager, "Ava", "Bo")

    def accept(row):
        return lambda: answering.answer(
            invitation_id=row.pk,
            brand=brand,
            act=Act.ACCEPT,
            by=Actor(manager),
            at=NOW + timedelta(hours=1),
            expected_version=row.version,
        )

    done = at_once(*[accept(row) for row in rows])
    assert all(isinstance(one, EventInvitation) for one in done), done
    states = sorted(EventInvitation.objects.values_list("state", flat=True))
    assert states == [State.ACCEPTED, State.WAITING]
    assert first_broken_link(entries_of(brand)) is None
