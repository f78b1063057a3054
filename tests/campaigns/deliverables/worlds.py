"""Pieces of content as tests need them."""

from __future__ import annotations

from typing import Any

from campaigns.choices import (
    CampaignStatus,
    CheckAnswer,
    DeliverableState,
    DisclosureVerdict,
    EngagementStage,
    Gate,
    GateOutcome,
)
from campaigns.models import Campaign, Deliverable, Draft, GateTurn
from campaigns.selectors.deliverable_checklist import checklist_of
from campaigns.services.deliverables import gates
from campaigns.services.deliverables.deciding import Said, decide
from campaigns.services.deliverables.planning import Wanted, cancel, plan
from campaigns.services.deliverables.record import Actor
from campaigns.services.deliverables.submitting import Handed, submit
from campaigns.services.disclosures.clearing import review_of
from campaigns.services.disclosures.deciding import Decided
from campaigns.services.disclosures.deciding import decide as decide_disclosure
from crm.models import Brand, User
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import NOW

# A JPEG and a film by their first bytes.
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64


def active(brand: Brand, owner: User | None = None, **values: Any) -> Campaign:
    """A campaign that is under way."""
    return set_status(make_campaign(brand, owner, **values), CampaignStatus.ACTIVE)


def piece_in(campaign: Campaign, actor: User, **values: Any) -> Deliverable:
    """A reel that a creator under contract is to make."""
    engagement = engage(campaign, EngagementStage.CONTRACTED, owner=campaign.owner)
    said = {"platform": "instagram", "form": "short_video", "title": "Morning routine"} | values
    [made] = plan(
        engagement_id=engagement.pk,
        brand=campaign.brand,
        wanted=[Wanted(**said)],
        actor=Actor(actor),
        at=NOW,
    )
    return made


def hand_in(
    piece: Deliverable, actor: User | Actor, text: str = "My morning. #ad", **said: Any
) -> Draft:
    """The next version."""
    at = said.pop("at", NOW)
    return submit(
        deliverable_id=piece.pk,
        brand=piece.engagement.campaign.brand,
        handed=Handed(text=text, **said),
        actor=Actor(actor) if isinstance(actor, User) else actor,
        at=at,
    )


def turn_of(piece: Deliverable) -> GateTurn:
    """Whose turn it is."""
    found = gates.waiting_turn(piece)
    assert found is not None
    return found


def say(
    piece: Deliverable,
    actor: User,
    outcome: GateOutcome = GateOutcome.APPROVED,
    *,
    at: Any = NOW,
    turn: GateTurn | None = None,
    **said: Any,
) -> Deliverable:
    """Decide at the gate whose turn it is, every line of its checklist in order."""
    turn = turn or turn_of(piece)
    if outcome != GateOutcome.NEEDS_WORK and "answers" not in said:
        lines = checklist_of(piece, turn.draft, Gate(turn.gate), at)
        said["answers"] = {line.key: (CheckAnswer.YES, "") for line in lines}
    if outcome == GateOutcome.NEEDS_WORK:
        said.setdefault("reason", "The hook is missing.")
    if outcome == GateOutcome.CORRECTIONS:
        said.setdefault("corrections", ["Write the name right."])
    if turn.gate == Gate.LEGAL and outcome != GateOutcome.NEEDS_WORK:
        clear(turn, actor, at=at)
    return decide(
        turn_id=turn.pk,
        brand=piece.engagement.campaign.brand,
        said=Said(outcome, **said),
        actor=actor,
        at=at,
    )


def clear(turn: GateTurn, actor: User, *, at: Any = NOW) -> None:
    """Find that the draft at legal's gate needs no label, unless somebody decided already."""
    review = review_of(turn)
    assert review is not None
    if review.is_open:
        decide_disclosure(
            review_id=review.pk,
            brand=review.brand,
            said=Decided(DisclosureVerdict.NOT_REQUIRED, "Nothing was given."),
            actor=actor,
            at=at,
        )


def piece_at(
    state: DeliverableState, campaign: Campaign, manager: User, legal: User
) -> Deliverable:
    """A piece that came to a state by what people do."""
    made = piece_in(campaign, manager)
    if state == DeliverableState.PLANNED:
        return made
    if state == DeliverableState.CANCELLED:
        return cancel(
            deliverable_id=made.pk,
            brand=campaign.brand,
            reason="The product is late.",
            actor=Actor(manager),
            at=NOW,
            expected_version=None,
        )
    hand_in(made, manager)
    if state == DeliverableState.NEEDS_WORK:
        say(made, manager, GateOutcome.NEEDS_WORK)
    elif state != DeliverableState.IN_REVIEW:
        say(made, manager)
        say(made, legal)
    if state == DeliverableState.PUBLISHED:
        Deliverable.objects.filter(pk=made.pk).update(state=state, published_at=NOW)
    made.refresh_from_db()
    assert made.state == state
    return made
