"""How the services of reviews take hold of one, and how they write down what was done."""

from __future__ import annotations

from datetime import datetime

from campaigns.choices import DisclosureVerdict, ReviewStage
from campaigns.models import Deliverable, DisclosureReview, Evidence
from campaigns.services.deliverables.record import Actor
from campaigns.services.deliverables.record import held as held_piece
from campaigns.services.refusals import CampaignOutdated
from crm import audit
from crm.models import Brand

# What says that a piece may go out, or stay.
CLEAR = frozenset({DisclosureVerdict.SUFFICIENT.value, DisclosureVerdict.NOT_REQUIRED.value})


def held(
    review_id: int, brand: Brand, expected_version: int | None = None
) -> tuple[DisclosureReview, Deliverable]:
    """A review and its piece, both held until the transaction ends: the piece first.

    Raises DisclosureReview.DoesNotExist, and CampaignRefused where somebody was quicker, or the
    campaign is over and the draft with it.
    """
    found = DisclosureReview.objects.values("deliverable", "stage").get(pk=review_id, brand=brand)
    piece = held_piece(found["deliverable"], brand, force=found["stage"] == ReviewStage.LIVE)
    review = (
        DisclosureReview.objects.select_for_update(no_key=True, of=("self",))
        .select_related("finding", "draft", "requested_by")
        .get(pk=review_id)
    )
    review.brand, review.deliverable = brand, piece
    if expected_version is not None and review.version != expected_version:
        raise CampaignOutdated(
            f"The review of “{piece}” was changed since you looked. Look at it again; nothing of "
            "yours was written down."
        )
    return review, piece


def log(
    review: DisclosureReview,
    verb: str,
    actor: Actor,
    at: datetime,
    **facts: object,
) -> None:
    """Write what was done in the ledger: ids and facts, no texts. Call it last."""
    piece = review.deliverable
    campaign = piece.engagement.campaign
    data: dict[str, object] = {
        "campaign": campaign.key,
        "deliverable": piece.pk,
        "review": review.pk,
        "stage": str(review.stage),
    }
    if review.draft_id is not None and review.draft is not None:
        data["draft"] = review.draft.number
    if actor.link is not None:
        data["link"] = actor.link.pk
    audit.record(
        brand=campaign.brand,
        verb=f"campaigns.disclosure.{verb}",
        target=review,
        actor=actor.user,
        at=at,
        data=data | facts,
        label=piece.title,
    )


def log_evidence(evidence: Evidence, actor: Actor, at: datetime) -> None:
    """Write a snapshot's digest in the ledger: what it showed cannot be changed unseen. Last."""
    piece = evidence.deliverable
    campaign = piece.engagement.campaign
    data: dict[str, object] = {
        "campaign": campaign.key,
        "deliverable": piece.pk,
        "stage": str(evidence.stage),
        "source": str(evidence.source),
        "digest": evidence.digest,
        "files": evidence.files.count(),
    }
    if actor.link is not None:
        data["link"] = actor.link.pk
    audit.record(
        brand=campaign.brand,
        verb="campaigns.disclosure.captured",
        target=evidence,
        actor=actor.user,
        at=at,
        data=data,
        label=piece.title,
    )
