"""Two people decide about one draft in the same moment: one wins, the other is told."""

from __future__ import annotations

import pytest

from campaigns.choices import GateOutcome
from campaigns.models import ChecklistEntry, Deliverable, DeliverableEvent, Draft, GateTurn
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.audit import entries_of, first_broken_link
from tests.campaigns.deliverables.worlds import active, hand_in, piece_in, say, turn_of
from tests.crm.test_at_once import at_once, no_drain

__all__ = ("no_drain",)
pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_two_decisions_and_one_of_two_drafts(brand, manager, admin_user):
    piece = piece_in(active(brand, manager), manager)
    done = at_once(
        lambda: hand_in(piece, manager, "One"), lambda: hand_in(piece, admin_user, "Two")
    )
    assert sum(isinstance(one, Draft) for one in done) == 1
    refused = next(one for one in done if isinstance(one, CampaignRefused))
    assert str(refused).startswith("A draft is in review")

    turn = turn_of(piece)
    done = at_once(
        lambda: say(piece, manager, turn=turn),
        lambda: say(piece, admin_user, GateOutcome.NEEDS_WORK, turn=turn),
    )
    assert sorted(type(one).__name__ for one in done) == ["CampaignOutdated", "Deliverable"]
    late = next(one for one in done if isinstance(one, CampaignOutdated))
    assert "decided already" in str(late)
    turn.refresh_from_db()
    piece = Deliverable.objects.get()
    assert (piece.state, turn.outcome) in {
        ("in_review", "approved"),
        ("needs_work", "needs_work"),
    }
    assert DeliverableEvent.objects.filter(gate="manager").count() == 1
    assert GateTurn.objects.filter(decided_at__isnull=False).count() == 1
    assert not ChecklistEntry.objects.exists()
    assert first_broken_link(entries_of(brand)) is None
