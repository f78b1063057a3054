"""Every state of a piece, every act, every role: allowed, or refused with nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from campaigns.choices import DeliverableAct as A
from campaigns.choices import DeliverableState as S
from campaigns.choices import GateOutcome
from campaigns.models import Correction, Deliverable, DeliverableEvent, Draft, GateTurn
from campaigns.services.deliverables import deciding, planning, reopening, submitting
from campaigns.services.deliverables.record import Actor
from campaigns.services.deliverables.states import ALLOWED
from campaigns.services.deliverables.submitting import Handed
from campaigns.services.refusals import CampaignRefused
from crm.models import AuditEntry
from tests.campaigns.deliverables.worlds import active, piece_at, say
from tests.factories import NOW

pytestmark = pytest.mark.django_db
# Where the acts lead that people of the brand do; what is missing stays in its state.
LEADS: dict[A, S] = {
    A.SUBMIT: S.IN_REVIEW,
    A.WITHDRAW: S.PLANNED,
    A.REFUSE: S.NEEDS_WORK,
    A.REOPEN: S.IN_REVIEW,
    A.CANCEL: S.CANCELLED,
    A.RESTORE: S.PLANNED,
}


def do(act: A, piece: Deliverable, actor: Any) -> Any:
    """The act through the service that does it."""
    brand = piece.engagement.campaign.brand
    said: dict[str, Any] = {
        "deliverable_id": piece.pk,
        "brand": brand,
        "actor": Actor(actor),
        "at": NOW,
        "expected_version": piece.version,
    }
    last = GateTurn.objects.filter(draft__deliverable=piece).order_by("pk").first()
    outcomes = {
        A.APPROVE: GateOutcome.APPROVED,
        A.CORRECT: GateOutcome.CORRECTIONS,
        A.REFUSE: GateOutcome.NEEDS_WORK,
    }
    if act in outcomes:
        return say(piece, actor, outcomes[act], turn=last)
    acts: dict[A, Callable[[], Any]] = {
        A.EDIT: lambda: planning.edit(**said, changes={"title": "Evening routine"}),
        A.SHORTEN: lambda: planning.shorten(**said, left=["manager"], reason="It is live today."),
        A.SUBMIT: lambda: submitting.submit(**said, handed=Handed(text="Again")),
        A.WITHDRAW: lambda: submitting.withdraw(**said),
        A.REOPEN: lambda: reopening.reopen(**said, why="The price has changed."),
        A.CANCEL: lambda: planning.cancel(**said, reason="No stock."),
        A.RESTORE: lambda: planning.restore(**said),
    }
    return acts[act]()


def everything(piece: Deliverable) -> list[Any]:
    return [
        list(Deliverable.objects.filter(pk=piece.pk).values()),
        list(Draft.objects.order_by("pk").values()),
        list(GateTurn.objects.order_by("pk").values()),
        list(Correction.objects.values()),
        DeliverableEvent.objects.count(),
        AuditEntry.objects.count(),
    ]


# Without a draft there is no gate to decide at.
DECIDED = {A.APPROVE, A.CORRECT, A.REFUSE}
UNREAD = {S.PLANNED, S.CANCELLED}


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (state, act)
        for state in S
        for act in A
        if act not in {A.PLAN, A.CONFIRM, A.PUBLISH} and not (act in DECIDED and state in UNREAD)
    ],
)
def test_every_state_and_act(brand, manager, legal, state, act):
    piece = piece_at(state, active(brand, manager), manager, legal)
    before = everything(piece)
    is_possible = act in ALLOWED[state]
    if act == A.REOPEN and state == S.NEEDS_WORK:
        is_possible = False  # only where a draft is approved and corrections are open
    if is_possible:
        do(act, piece, manager)
        piece.refresh_from_db()
        assert piece.state == LEADS.get(act, state)
        assert piece.events.order_by("-pk").first().act == act
        assert piece.version > before[0][0]["version"]
    else:
        with pytest.raises(CampaignRefused) as refused:
            do(act, piece, manager)
        assert str(refused.value).endswith(".")
        assert refused.value.code in {"not_in_this_state", "outdated"}
        assert everything(piece) == before


@pytest.mark.parametrize("role", ["strategist", "manager", "analyst", "legal", "admin_user"])
@pytest.mark.parametrize("gate", ["manager", "brand", "legal"])
@pytest.mark.parametrize("outcome", GateOutcome)
def test_every_gate_and_role(request, brand, manager, role, gate, outcome):
    from campaigns.services.deliverables.settings import set_plan  # noqa: PLC0415

    user = request.getfixturevalue(role)
    campaign = active(brand, manager)
    set_plan(
        campaign_id=campaign.pk,
        brand=brand,
        values={"gates": [gate]},
        actor=manager,
        at=NOW,
        expected_version=None,
    )
    from tests.campaigns.deliverables.worlds import hand_in, piece_in  # noqa: PLC0415

    piece = piece_in(campaign, manager)
    hand_in(piece, manager)
    may = {
        "manager": {"manager", "admin_user"},
        "brand": {"strategist", "admin_user"},
        "legal": {"legal", "admin_user"},
    }
    before = everything(piece)
    if role in may[gate]:
        say(piece, user, outcome)
        piece.refresh_from_db()
        ends = {
            GateOutcome.APPROVED: S.APPROVED,
            GateOutcome.CORRECTIONS: S.NEEDS_WORK,
            GateOutcome.NEEDS_WORK: S.NEEDS_WORK,
        }
        assert piece.state == ends[outcome]
    else:
        with pytest.raises(CampaignRefused, match="is decided by a") as refused:
            say(piece, user, outcome)
        assert refused.value.code == "not_yours"
        assert everything(piece) == before


def test_corrections_are_confirmed_before_it_is_approved(brand, manager, legal):
    piece = piece_at(S.IN_REVIEW, active(brand, manager), manager, legal)
    say(piece, manager, GateOutcome.CORRECTIONS, corrections=["Name right.", "Add the label."])
    say(piece, legal)
    piece.refresh_from_db()
    assert (piece.state, piece.drafts.get().state) == ("needs_work", "approved")
    one, two = Correction.objects.order_by("pk")

    def confirm(*corrections):
        return deciding.confirm(
            deliverable_id=piece.pk,
            brand=brand,
            corrections=[each.pk for each in corrections],
            actor=Actor(manager),
            at=NOW,
        )

    assert confirm(one).state == "needs_work"
    with pytest.raises(CampaignRefused, match="Choose the corrections that are done"):
        confirm(one)
    assert confirm(two).state == "approved"
