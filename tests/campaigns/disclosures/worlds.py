"""Reviews of disclosures as tests need them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campaigns.choices import CheckAnswer, DisclosureVerdict, Gate, GateOutcome, ReviewStage
from campaigns.models import Campaign, Deliverable, DisclosureReview, GateTurn
from campaigns.selectors.deliverable_checklist import checklist_of
from campaigns.services.deliverables.deciding import Said
from campaigns.services.disclosures.answers import answer
from campaigns.services.disclosures.deciding import Decided, decide
from crm.choices import Role
from crm.models import Brand, User
from tests.campaigns.deliverables.worlds import hand_in, piece_in, say
from tests.factories import NOW, UserFactory, UserRoleFactory

LABELLED = "#ad Ny creme fra @acme. Jeg er betalt."


def at_legal(campaign: Campaign, manager: User, text: str = LABELLED, **piece: Any) -> Deliverable:
    """A draft that the manager approved: it is legal's turn."""
    made = piece_in(campaign, manager, **piece)
    hand_in(made, manager, text)
    say(made, manager)
    made.refresh_from_db()
    return made


def review_of(piece: Deliverable, stage: ReviewStage = ReviewStage.DRAFT) -> DisclosureReview:
    """The newest review of a piece."""
    found = DisclosureReview.objects.filter(deliverable=piece, stage=stage).order_by("-pk").first()
    assert found is not None
    return found


def judge(
    review: DisclosureReview,
    actor: User,
    verdict: DisclosureVerdict = DisclosureVerdict.SUFFICIENT,
    reason: str = "",
    *,
    gate: GateOutcome | None = None,
    gate_reason: str = "",
    at: datetime = NOW,
    version: int | None = None,
) -> DisclosureReview:
    """Decide, for a draft also at the gate."""
    said = None
    if gate is not None:
        turn = GateTurn.objects.get(draft=review.draft, opening=review.opening, gate=Gate.LEGAL)
        lines = checklist_of(review.deliverable, turn.draft, Gate.LEGAL, at)
        answers = {line.key: (CheckAnswer.YES, "") for line in lines}
        said = Said(gate, gate_reason, answers=answers if gate != GateOutcome.NEEDS_WORK else {})
    return decide(
        review_id=review.pk,
        brand=review.brand,
        said=Decided(verdict, reason, said),
        actor=actor,
        at=at,
        expected_version=version,
    )


def settle(review: DisclosureReview, actor: User, *, at: datetime = NOW) -> DisclosureReview:
    """Answer everything that is open or wrong so that the rules have nothing against it."""
    for _round in range(5):
        review.refresh_from_db()
        found = review.finding
        assert found is not None
        items = [
            item
            for one in (found.result or {"per_jurisdiction": []})["per_jurisdiction"]
            for item in one["items"]
            if item["blocks"] and item["result"] in {"unknown", "fail"}
        ]
        if not items:
            break
        for item in items:
            answer(
                review_id=review.pk,
                brand=review.brand,
                key=item["key"],
                result="pass",
                note="Seen.",
                actor=actor,
                at=at,
            )
    review.refresh_from_db()
    return review


def second_legal(brand: Brand) -> User:
    """Another person who may clear."""
    user = UserFactory(email="second-legal@acme.example")
    UserRoleFactory(user=user, brand=brand, role=Role.LEGAL)
    return user
