"""Made-up contracts, drafts at every gate, publications, an event and an incident, for the demo.

Captions and answers are in the open: legal of the demo brand finds a queue to work through.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from campaigns.choices import (
    CampaignStatus,
    CheckAnswer,
    ContentKind,
    DisclosureVerdict,
    EngagementStage,
    FeeDue,
    Gate,
    GateOutcome,
)
from campaigns.models import (
    Campaign,
    Contract,
    Deliverable,
    DisclosureReview,
    Engagement,
    Event,
    GateTurn,
    Publication,
)
from campaigns.models.engagements import BOUND
from campaigns.selectors.deliverable_checklist import checklist_of
from campaigns.selectors.disclosures.checklist import checklist_of as review_checklist
from campaigns.services.contracts import deciding as contract_deciding
from campaigns.services.contracts import sending, writing
from campaigns.services.contracts.deciding import Signature
from campaigns.services.contracts.prefill import prefilled
from campaigns.services.contracts.terms import FeePart, Right
from campaigns.services.days import today_of
from campaigns.services.deliverables import deciding, planning, submitting
from campaigns.services.deliverables.gates import waiting_turn
from campaigns.services.deliverables.record import Actor
from campaigns.services.disclosures.answers import answer
from campaigns.services.disclosures.clearing import review_of
from campaigns.services.disclosures.deciding import Decided
from campaigns.services.disclosures.deciding import decide as decide_disclosure
from campaigns.services.events.answering import invite
from campaigns.services.events.planning import make_event
from campaigns.services.incidents.reporting import Seen, report
from campaigns.services.offers.wanted import Deliverable as Piece
from campaigns.services.publishing.recording import publish
from crm.choices import IncidentKind, PostKind, Role, Severity
from crm.models import Brand, Relationship, User

FEE = Decimal(650)
_TITLES = ("My evening in five steps", "What my skin says after ten nights", "Questions about acid")
LABELLED = "Reklame for {brand}. Min aften med natcremen, uden filter. #reklame"
_LATE_LABEL = (
    "Ten nights with the new cream, and I kept a diary of it: the first week was nothing special, "
    "the second one was. Tell me what you want to know. #nightcream #skincare #ad"
)
_UNLABELLED = "Ten nights with the new cream. It heals every scar, and you will see it."


@dataclass(frozen=True)
class Hand:
    """Who makes it up, and when."""

    brand: Brand
    manager: User
    legal: User
    at: datetime


@transaction.atomic
def fill_contracts(*, brand: Brand, seed: int, at: datetime) -> int:
    """One contract that is accepted and one that waits; how many there are."""
    held = Contract.objects.filter(brand=brand).count()
    hand = hand_of(brand, at)
    places = list(
        Engagement.objects.filter(
            campaign__brand=brand, stage=EngagementStage.NEGOTIATING
        ).order_by("pk")
    )
    if held or hand is None or not places:
        return held
    first, *others = places[seed % len(places) :] + places[: seed % len(places)]
    _accept(_sent(first, hand), hand)
    for place in others[:1]:
        _sent(place, hand)
    return Contract.objects.filter(brand=brand).count()


@transaction.atomic
def fill_content(*, brand: Brand, seed: int, at: datetime) -> int:
    """Pieces of those who are bound: planned, at each gate, to be mended, published; how many."""
    held = Deliverable.objects.filter(engagement__campaign__brand=brand).count()
    hand = hand_of(brand, at)
    places = (
        Engagement.objects.filter(campaign__brand=brand, stage__in=BOUND, contracts=None)
        .select_related("campaign__brand")
        .order_by("pk")
    )
    # Those of a contract are there already.
    if hand is None or held > len(Contract.objects.filter(brand=brand)) * 2:
        return held
    for number, place in enumerate(places, start=seed):
        _pieces(place, number, hand)
    return Deliverable.objects.filter(engagement__campaign__brand=brand).count()


@transaction.atomic
def fill_events(*, brand: Brand, seed: int, at: datetime) -> int:
    """A dinner with invitations, and an incident that somebody reported; how many events."""
    held = Event.objects.filter(campaign__brand=brand).count()
    hand = hand_of(brand, at)
    campaign = (
        Campaign.objects.filter(brand=brand, status=CampaignStatus.ACTIVE).order_by("pk").first()
    )
    if held or hand is None or campaign is None:
        return held
    today = today_of(brand, at)
    starts_at = at + timedelta(days=12)
    event = make_event(
        campaign=campaign,
        values={
            "name": "Dinner by candle light",
            "place": "The old bakery",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=4),
            "zone": brand.timezone,
            "capacity": 12,
            "guests_max": 1,
            "answer_by": today + timedelta(days=8),
            "covers_travel": True,
        },
        actor=hand.manager,
        at=at,
    )
    known = list(Relationship.objects.filter(brand=brand).order_by("pk")[seed : seed + 8])
    invite(
        event_id=event.pk,
        brand=brand,
        relationships=[row.pk for row in known],
        actor=hand.manager,
        at=at,
    )
    report(
        brand=brand,
        seen=Seen(
            kind=IncidentKind.CONTROVERSY,
            severity=Severity.LOW,
            what="Joked about a competitor in a story; it was gone after an hour.",
        ),
        relationship=known[-1] if known else None,
        actor=hand.manager,
        at=at,
    )
    return 1


def hand_of(brand: Brand, at: datetime) -> Hand | None:
    """Its manager and its legal reviewer; None where it has not got both."""
    people = {
        role: User.objects.filter(roles__brand=brand, roles__role=role).order_by("pk").first()
        for role in (Role.MANAGER, Role.LEGAL)
    }
    manager, legal = people[Role.MANAGER], people[Role.LEGAL]
    return None if manager is None or legal is None else Hand(brand, manager, legal, at)


def _sent(place: Engagement, hand: Hand) -> Contract:
    """Two posts for a fee, half of it at signing, with paid use for three months."""
    terms = replace(
        prefilled(place, None),
        total=FEE,
        law="Denmark",
        deliverables=(
            Piece(ContentKind.REVIEW.value, "instagram", PostKind.SHORT_VIDEO.value, 1),
            Piece(ContentKind.TUTORIAL.value, "instagram", PostKind.STORY.value, 1),
        ),
        parts=tuple(
            FeePart(due.value, percent=Decimal(50), net_days=30)
            for due in (FeeDue.SIGNING, FeeDue.PUBLICATION)
        ),
        rights=(
            Right("organic", starts="signing", months=12),
            Right("paid", months=3, territory="Denmark, Sweden", channels="Instagram"),
        ),
    )
    contract = writing.draft(
        engagement_id=place.pk, brand=hand.brand, actor=hand.manager, at=hand.at, terms=terms
    )
    return sending.send(
        contract_id=contract.pk,
        brand=hand.brand,
        actor=hand.manager,
        at=hand.at,
        expected_version=None,
    )


def _accept(contract: Contract, hand: Hand) -> None:
    contract_deciding.record_acceptance(
        contract_id=contract.pk,
        brand=hand.brand,
        signature=Signature(
            contract.engagement.relationship.creator.name, note="Signed on paper at the fair."
        ),
        actor=hand.manager,
        at=hand.at,
        expected_version=None,
    )


def _pieces(place: Engagement, number: int, hand: Hand) -> None:
    """As far as the creator is in the campaign: to make, at each gate or back, out."""
    if place.stage == EngagementStage.CONTRACTED:
        planned(place, number, hand)
    elif place.stage == EngagementStage.IN_PRODUCTION:
        for turn, outcome in enumerate((None, GateOutcome.NEEDS_WORK, GateOutcome.APPROVED)):
            piece = planned(place, number + turn, hand)
            _hand_in(piece, _UNLABELLED if number % 2 else _LATE_LABEL, hand)
            if outcome is not None:
                _say(piece, hand, hand.manager, outcome)
    else:
        publish_one(place, number, hand, published_at=hand.at - timedelta(hours=1))


def publish_one(
    place: Engagement, number: int, hand: Hand, *, published_at: datetime
) -> Publication:
    """A piece with everybody's yes, and where it is published."""
    piece = planned(place, number, hand)
    return bring_out(piece, hand, published_at=published_at)


def bring_out(piece: Deliverable, hand: Hand, *, published_at: datetime) -> Publication:
    """Hand a planned piece in, have everybody whom its campaign asks say yes, and publish it."""
    _hand_in(piece, LABELLED.format(brand=hand.brand), hand)
    _say(piece, hand, hand.manager)
    if waiting_turn(piece) is not None:
        _clear(piece, hand)
    return publish(
        deliverable_id=piece.pk,
        brand=hand.brand,
        url=f"https://www.instagram.com/p/demo{piece.pk}/",
        published_at=published_at,
        at=hand.at,
        expected_version=None,
        actor=hand.manager,
    )


def planned(place: Engagement, number: int, hand: Hand) -> Deliverable:
    """A short video that a creator owes, its draft due within the week."""
    [made] = planning.plan(
        engagement_id=place.pk,
        brand=hand.brand,
        wanted=[
            planning.Wanted(
                "instagram",
                PostKind.SHORT_VIDEO.value,
                title=_TITLES[number % len(_TITLES)],
                draft_due_on=today_of(hand.brand, hand.at) + timedelta(days=number % 5),
            )
        ],
        actor=Actor(hand.manager),
        at=hand.at,
    )
    return made


def _hand_in(piece: Deliverable, text: str, hand: Hand) -> None:
    submitting.submit(
        deliverable_id=piece.pk,
        brand=hand.brand,
        handed=submitting.Handed(text=text),
        actor=Actor(hand.manager),
        at=hand.at,
    )


def _turn(piece: Deliverable) -> GateTurn:
    turn = waiting_turn(piece)
    if turn is None:
        msg = f"Nobody is asked about {piece}."
        raise RuntimeError(msg)
    return turn


def _say(
    piece: Deliverable,
    hand: Hand,
    actor: User,
    outcome: GateOutcome = GateOutcome.APPROVED,
) -> None:
    """Decide at the gate whose turn it is, with yes to each line of its checklist."""
    turn = _turn(piece)
    lines = checklist_of(piece, turn.draft, Gate(turn.gate), hand.at)
    needs_work = outcome == GateOutcome.NEEDS_WORK
    said = deciding.Said(
        outcome,
        reason="No claim about scars, please: it is a cosmetic product." if needs_work else "",
        answers={} if needs_work else {line.key: (CheckAnswer.YES, "") for line in lines},
    )
    deciding.decide(turn_id=turn.pk, brand=hand.brand, said=said, actor=actor, at=hand.at)


def _clear(piece: Deliverable, hand: Hand) -> None:
    """Legal looked at everything that the rules leave to a person, and says yes to both."""
    review = review_of(_turn(piece))
    if review is None:
        msg = f"Nobody is asked about the label of {piece}."
        raise RuntimeError(msg)
    find_sufficient(review, "Seen in the draft.", hand)
    _say(piece, hand, hand.legal)


def find_sufficient(review: DisclosureReview, note: str, hand: Hand) -> None:
    """Yes to each line of the checklist that takes a look, with `note`, and so to the label."""
    for line in review_checklist(review).lines:
        if not line.needs_look:
            continue
        answer(
            review_id=review.pk,
            brand=hand.brand,
            key=line.key,
            result="pass",
            note=note,
            actor=hand.legal,
            at=hand.at,
        )
    decide_disclosure(
        review_id=review.pk,
        brand=hand.brand,
        said=Decided(DisclosureVerdict.SUFFICIENT),
        actor=hand.legal,
        at=hand.at,
    )
