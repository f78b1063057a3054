"""Legal's gate of a draft says yes only to a disclosure about which somebody has decided."""

from __future__ import annotations

from campaigns.choices import DisclosureVerdict, GateOutcome, ReviewStage, ReviewState
from campaigns.models import DisclosureReview, GateTurn
from campaigns.services.disclosures.record import CLEAR
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from crm.models import User


def review_of(turn: GateTurn) -> DisclosureReview | None:
    """The review of what the gate is asked about."""
    return (
        DisclosureReview.objects.filter(
            draft=turn.draft_id, opening=turn.opening, stage=ReviewStage.DRAFT
        )
        .exclude(state=ReviewState.DROPPED)
        .order_by("-pk")
        .first()
    )


def refuse_unless_cleared(turn: GateTurn, outcome: str, reason: str, actor: User) -> None:
    """Raise CampaignRefused where legal may not say yes to this draft (yet)."""
    if outcome == GateOutcome.NEEDS_WORK:
        return
    review = review_of(turn)
    if review is None or review.is_open:
        raise CampaignRefused(
            "Decide about the disclosure first: open its review from here. Sending the draft back "
            "needs no verdict.",
            code="disclosure_open",
        )
    if review.requested_by_id == actor.pk:
        raise CampaignRefused("You handed this draft in: somebody else approves it for legal.")
    if review.verdict not in CLEAR and not reason.strip():
        verdict = DisclosureVerdict(review.verdict).label.lower()
        raise ReasonNeeded(
            f"The disclosure was found {verdict}: say why the draft is approved all the same."
        )
